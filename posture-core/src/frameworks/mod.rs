//! The frameworks that controls are mapped to: every requirement of each, its class, and how versions and frameworks
//! relate.
//!
//! The tables are written by `cargo xtask generate` from `posture-core/data/frameworks`, where sources and licenses
//! are named. A mapping names its requirement with a function such as [`csf20`], which does not compile where the
//! requirement does not exist.

#[rustfmt::skip]
mod catalogue;
mod claim;
mod coverage;
mod mapping;
pub(crate) mod table;

pub use claim::{Alternatives, Claim, ResourceType};
pub use coverage::{Coverage, coverage};
pub use mapping::{
    Mapping, ccm41, cis_aks18, cis_aws7, cis_azure6, cis_docker18, cis_eks18, cis_kubernetes2,
    csf20, fsbp, mcsb1, nsa_kubernetes12,
};
pub use table::{Class, Framework, Group, Requirement, RequirementId, Strength, all, find};

pub(crate) use mapping::expand;

#[cfg(test)]
mod tests {
    use super::mapping::TOPICS;
    use super::*;
    use crate::provider::Provider;
    use crate::tools::Purpose;

    const WHY: &str = "a text that is long enough to say something";
    const PROVEN: Mapping = csf20("PR.AA-03", Claim::Partial(WHY));
    const EITHER: Alternatives = Alternatives("one of both holds");
    const USERS: &[ResourceType] = &[ResourceType::Arn("iam", "user")];

    #[test]
    fn only_a_row_of_a_benchmark_is_literal() {
        assert!(!PROVEN.is_literal());
        let row = cis_aws7("2.12", Claim::Full);
        assert!(row.is_literal() && row.because().is_some());
        assert_eq!(csf20("PR.AA-03", Claim::Supporting).because(), None);
        assert!(cis_kubernetes2("5.1.5", Claim::Full).is_literal());
        assert!(cis_eks18("5.3.1", Claim::Full).is_literal());
        assert!(cis_aks18("5.4.4", Claim::Partial(WHY)).is_literal());
        assert!(!nsa_kubernetes12("A2", Claim::Partial(WHY)).is_literal());
    }

    #[test]
    #[should_panic(expected = "show only a part of this row")]
    fn no_control_decides_a_row_as_a_whole_of_which_interfaces_show_a_part() {
        let _ = cis_kubernetes2("5.1.1", Claim::Full);
    }

    #[test]
    #[should_panic(expected = "show only a part of this row")]
    fn no_control_decides_what_is_in_a_file_of_a_node() {
        let _ = cis_kubernetes2("1.1.1", Claim::Full);
    }

    #[test]
    #[should_panic(expected = "only a row of a benchmark")]
    fn no_control_decides_a_requirement_in_words_as_a_whole() {
        let _ = csf20("PR.AA-03", Claim::Full);
    }

    #[test]
    #[should_panic(expected = "say why a failure shows")]
    fn a_part_needs_a_reason() {
        let _ = csf20("PR.AA-03", Claim::Partial("because"));
    }

    #[test]
    #[should_panic(expected = "asks for this very tool")]
    fn no_other_tool_fulfills_a_row_of_a_benchmark() {
        let _ = cis_aws7("2.12", Claim::Full).or_tool(Purpose::Logs);
    }

    #[test]
    fn topics_exist_and_are_related_to_something() {
        let nist = find("800-53").unwrap();
        for control in crate::controls::ALL {
            assert!(TOPICS.iter().any(|(area, _)| *area == control.area()), "{}", control.id);
        }
        let produced = |area: &str, topic: &Requirement| {
            crate::controls::ALL
                .iter()
                .filter(|control| control.area() == area)
                .flat_map(|control| control.mappings())
                .any(|mapping| std::ptr::eq(mapping.requirement.get(), topic))
        };
        let idle: Vec<(&str, &str)> = TOPICS
            .iter()
            .flat_map(|(area, ids)| ids.iter().map(|id| (*area, *id)))
            .filter(|(area, id)| !produced(area, nist.requirement(id).unwrap()))
            .collect();
        assert_eq!(idle, []);
    }

    fn counted(id: &str) -> (usize, usize, usize, usize) {
        let requirements = find(id).unwrap().requirements;
        let of = |class| requirements.iter().filter(|r| r.class == Some(class)).count();
        (requirements.len(), of(Class::Automated), of(Class::Partial), of(Class::Organizational))
    }

    fn on_nodes(id: &str) -> usize {
        let requirements = find(id).unwrap().requirements.iter();
        requirements.filter(|r| r.class == Some(Class::Node)).count()
    }

    #[test]
    fn the_published_totals_hold() {
        assert_eq!(counted("csf"), (106, 6, 30, 70));
        assert_eq!(counted("ccm"), (207, 12, 58, 137));
        assert_eq!(counted("ccm-4.0"), (197, 12, 57, 128));
        assert_eq!(counted("cis-aws").0, 70);
        assert_eq!(counted("fsbp").0, 368);
        assert_eq!(counted("cis-azure").0, 127);
        assert_eq!(counted("mcsb"), (86, 10, 46, 30));
        // 1196 in the catalogue of release 5.2.0, 182 of them withdrawn.
        assert_eq!(counted("800-53").0, 1196 - 182);
        assert_eq!((counted("cis-kubernetes"), on_nodes("cis-kubernetes")), ((131, 47, 35, 3), 46));
        assert_eq!((counted("cis-eks"), on_nodes("cis-eks")), ((50, 10, 27, 0), 13));
        assert_eq!((counted("cis-aks"), on_nodes("cis-aks")), ((51, 11, 27, 0), 13));
        assert_eq!((counted("cis-docker"), on_nodes("cis-docker")), ((118, 38, 29, 7), 44));
        assert_eq!(counted("nsa-kubernetes"), (18, 0, 18, 0));
    }

    /// Either all requirements of a framework have a class, or none has one.
    #[test]
    fn a_class_is_given_throughout() {
        for framework in all() {
            let classed = framework.requirements.iter().filter(|r| r.class.is_some()).count();
            assert!(classed == 0 || classed == framework.requirements.len(), "{}", framework.id);
        }
    }

    #[test]
    fn a_framework_names_the_providers_that_it_is_about() {
        use Provider::{Aws, Azure, Docker, Image, Kubernetes};
        for (id, providers) in [
            ("cis-kubernetes", &[Kubernetes][..]),
            ("nsa-kubernetes", &[Kubernetes, Image]),
            ("cis-eks", &[Aws, Kubernetes]),
            ("cis-aks", &[Azure, Kubernetes]),
            ("cis-docker", &[Docker, Image]),
        ] {
            assert_eq!(find(id).unwrap().providers, Some(providers), "{id}");
        }
    }

    #[test]
    fn a_framework_of_two_providers_is_shown_where_both_were_audited() {
        let (aws, azure) = (Provider::Aws, Provider::Azure);
        let mut one = Framework { providers: None, ..*find("cis-aws").unwrap() };
        assert!(one.is_about(|_| false) && one.concerns(aws) && one.concerns(azure));
        one.providers = Some(&[Provider::Aws]);
        assert!(
            one.is_about(|audited| audited == aws) && !one.is_about(|audited| audited == azure)
        );
        assert!(one.concerns(aws) && !one.concerns(azure));
        one.providers = Some(&[Provider::Aws, Provider::Azure]);
        assert!(one.is_about(|_| true) && !one.is_about(|audited| audited == azure));
        assert!(one.concerns(aws) && one.concerns(azure));
        // Images add to what was audited; a benchmark with rows about them is shown for them alone.
        let (docker, image) = (Provider::Docker, Provider::Image);
        one.providers = Some(&[Provider::Docker, Provider::Image]);
        assert!(one.benchmark && one.is_about(|audited| audited == docker));
        assert!(
            one.is_about(|audited| audited == image) && !one.is_about(|audited| audited == aws)
        );
        one.benchmark = false;
        assert!(one.is_about(|audited| audited == docker));
        assert!(!one.is_about(|audited| audited == image));
        one.providers = Some(&[]);
        assert!(!one.is_about(|_| true) && !one.concerns(aws));
    }

    #[test]
    fn ids_are_unique_and_chapters_exist() {
        for framework in all() {
            let mut ids: Vec<_> = framework.requirements.iter().map(|r| r.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), framework.requirements.len(), "{}", framework.id);
            for requirement in framework.requirements {
                assert!(framework.group(requirement.group).is_some(), "{}", requirement.id);
                assert!(!requirement.title.is_empty(), "{}", requirement.id);
                assert_eq!(requirement.class.is_some(), !requirement.why.is_empty());
            }
            for (place, group) in framework.groups.iter().enumerate() {
                let before = &framework.groups[..place];
                assert!(group.parent.is_none_or(|p| before.iter().any(|g| g.id == p)));
                let filled = framework.requirements.iter().any(|r| framework.is_in(r, group));
                assert!(filled, "{} {} is empty", framework.id, group.id);
            }
        }
        let mut names: Vec<_> =
            all().iter().flat_map(|f| f.aliases.iter().copied().chain([f.id])).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_number_of_a_benchmark_item_moved_between_versions() {
        let item = find("cis-aws").unwrap().requirement("2.5").unwrap();
        assert_eq!(item.elsewhere, [("6.0.0", "2.4"), ("5.0.0", "1.4")]);
        let new = find("cis-aws").unwrap().requirement("2.1.1").unwrap();
        assert!(new.elsewhere.is_empty());
        let azure = find("cis-azure").unwrap();
        assert_eq!(azure.requirement("5.7").unwrap().elsewhere, [("5.0.0", "5.27")]);
        let renumbered = azure.requirements.iter().filter(|r| !r.elsewhere.is_empty()).count();
        assert_eq!(renumbered, 126);
        for item in find("cis-kubernetes").unwrap().requirements {
            assert_eq!(item.elsewhere, [("1.12.0", item.id)]);
        }
    }

    #[test]
    fn each_catalogue_carries_the_day_of_its_source() {
        for framework in all() {
            assert!(crate::dated::is_day(framework.as_of), "{}", framework.id);
            assert!(!framework.source.is_empty(), "{}", framework.id);
        }
    }

    #[test]
    fn what_was_withdrawn_is_gone_and_what_was_added_is_there() {
        let nist = find("800-53").unwrap();
        for id in ["CP-10(3)", "MA-4(2)", "SC-19"] {
            assert!(nist.requirement(id).is_none(), "{id}");
        }
        let fsbp = find("fsbp").unwrap();
        assert!(fsbp.requirement("EFS.6").is_none());
        for id in [
            "APIGateway.11",
            "BedrockAgentCore.1",
            "BedrockAgentCore.2",
            "BedrockAgentCore.5",
            "BedrockAgentCore.6",
            "EC2.183",
            "EKS.9",
            "RDS.51",
            "SageMaker.16",
            "SageMaker.17",
            "SageMaker.19",
        ] {
            assert!(fsbp.requirement(id).is_some(), "{id}");
        }
        let note = |id: &str| fsbp.requirement(id).unwrap().note;
        assert_eq!((note("EC2.183"), note("EKS.9")), ("medium", "high"));
        let title = |id: &str| nist.requirement(id).unwrap().title;
        assert!(title("CM-7(4)").ends_with("Deny-by-exception"));
        assert!(title("SR-2(1)").ends_with("SCRM Team"));
    }

    #[test]
    fn a_mapping_by_name_is_the_one_by_number() {
        let made = Mapping::new("csf", "pr.aa-03", Strength::Full);
        assert_eq!(made.map(|made| made.requirement), Some(PROVEN.requirement));
        assert_eq!(made.map(|made| made.strength), Some(Strength::Full));
        assert_eq!(Mapping::new("csf", "pr.aa-03", Strength::Partial), Some(PROVEN));
        assert_eq!(Mapping::new("csf", "PR.AA-99", Strength::Full), None);
        assert_eq!(Mapping::new("cfs", "PR.AA-03", Strength::Full), None);
    }

    #[test]
    fn older_and_related_requirements_follow() {
        // 4.1.0 IAM-14 is credentials management; 4.0.13 IAM-14 is strong authentication. Equal ids mean nothing.
        let all = expand(
            &[
                ccm41("IAM-13", Claim::Partial(WHY)).any_of(EITHER).or_tool(Purpose::Logs),
                PROVEN.any_of(EITHER).of(USERS),
            ],
            "identity",
        );
        let names: Vec<String> = all.iter().map(|m| m.requirement.to_string()).collect();
        assert!(names.contains(&"ccm-4.0:IAM-14".to_owned()), "{names:?}");
        let older = all.iter().find(|m| m.requirement.framework().id == "ccm-4.0").unwrap();
        assert_eq!((older.strength, older.because()), (Strength::Partial, Some(WHY)));
        assert_eq!((older.alternatives(), older.tool()), (Some(EITHER), Some(Purpose::Logs)));
        let derived: Vec<_> =
            all.iter().filter(|m| m.requirement.framework().id == "nist-800-53-r5").collect();
        assert!(!derived.is_empty());
        assert!(
            derived.iter().all(|m| m.strength == Strength::Supporting && m.because().is_none())
        );
        assert!(derived.iter().all(|m| m.types() == USERS && m.alternatives() == Some(EITHER)));
        let names: Vec<String> = derived.iter().map(|m| m.requirement.to_string()).collect();
        assert!(names.contains(&"nist-800-53-r5:IA-2".to_owned()), "{names:?}");
        let unproven = expand(&[csf20("PR.AA-03", Claim::Supporting)], "identity");
        assert_eq!(unproven.len(), 1);
    }

    #[test]
    fn a_requirement_keeps_its_strongest_mapping_only() {
        let twice = [csf20("PR.AA-03", Claim::Supporting), PROVEN];
        let csf: Vec<_> = expand(&twice, "identity")
            .into_iter()
            .filter(|m| m.requirement.framework().id == "csf-2.0")
            .collect();
        assert_eq!(csf.len(), 1);
        assert_eq!(csf[0].strength, Strength::Partial);
    }
}
