//! Controls, frameworks, snapshot, judging and the report model of posture.
