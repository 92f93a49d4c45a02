//! The ways from some rights to all of them.
//!
//! Each is a set of actions that together let their holder act with rights it was not given: by writing its own rights,
//! by taking over another identity, or by having a service run code under a role that it passes on. The actions and the
//! resources they take are those of the
//! [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).

/// On what an action has to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    User,
    Group,
    Role,
    Policy,
    /// Whatever of this service.
    Service(&'static str),
}

/// How far a right has to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Any one resource of the kind will do, also one's own.
    Any,
    /// Any resource but one's own: credentials of one's own are self-service. Whose a single resource that is named is
    /// cannot be told from the policy.
    Others,
    /// Every resource of the kind; with some, it depends on what those few are allowed.
    Every,
    /// Every resource of the kind; some were meant to be given.
    EveryOrNone,
}

/// One right that a way needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) action: &'static str,
    pub(super) target: Target,
    pub(super) extent: Extent,
    /// The service that a role is passed to.
    pub(super) passed_to: Option<&'static str>,
}

/// A way to more rights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) needs: &'static [Need],
    /// Whether its holder can thereby undo whatever is withheld from it.
    pub(super) rewrites_rights: bool,
}

const fn need(action: &'static str, target: Target, extent: Extent) -> Need {
    Need { action, target, extent, passed_to: None }
}

const fn pass(service: &'static str) -> Need {
    Need {
        action: "iam:PassRole",
        target: Target::Role,
        extent: Extent::Every,
        passed_to: Some(service),
    }
}

const fn run(action: &'static str, service: &'static str) -> Need {
    need(action, Target::Service(service), Extent::Any)
}

macro_rules! ways {
    (rights: $($right:expr),*; others: $([$($need:expr),*]),* $(,)?) => {
        &[
            $(Way { needs: &[$right], rewrites_rights: true },)*
            $(Way { needs: &[$($need),*], rewrites_rights: false },)*
        ]
    };
}

/// Every way that is looked for.
pub(super) const WAYS: &[Way] = ways![
    // The rights of a user, a group or a role, and what is in a policy.
    rights:
        need("iam:AttachGroupPolicy", Target::Group, Extent::Any),
        need("iam:AttachRolePolicy", Target::Role, Extent::Any),
        need("iam:AttachUserPolicy", Target::User, Extent::Any),
        need("iam:CreatePolicyVersion", Target::Policy, Extent::Any),
        need("iam:PutGroupPolicy", Target::Group, Extent::Any),
        need("iam:PutRolePolicy", Target::Role, Extent::Any),
        need("iam:PutUserPolicy", Target::User, Extent::Any);
    others:
        [need("iam:AddUserToGroup", Target::Group, Extent::Any)],
        [need("iam:SetDefaultPolicyVersion", Target::Policy, Extent::Any)],
        [need("iam:UpdateAssumeRolePolicy", Target::Role, Extent::Any)],
        // Another's credentials.
        [need("iam:CreateAccessKey", Target::User, Extent::Others)],
        [need("iam:CreateLoginProfile", Target::User, Extent::Others)],
        [need("iam:UpdateLoginProfile", Target::User, Extent::Others)],
        [need("iam:CreateServiceSpecificCredential", Target::User, Extent::Others)],
        [need("sts:AssumeRole", Target::Role, Extent::EveryOrNone)],
        // What runs already, under a role of its own.
        [need("lambda:UpdateFunctionCode", Target::Service("lambda"), Extent::Every)],
        [need("lambda:UpdateFunctionConfiguration", Target::Service("lambda"), Extent::Every)],
        [need("glue:UpdateDevEndpoint", Target::Service("glue"), Extent::Any)],
        [need("ssm:SendCommand", Target::Service("ec2"), Extent::Every)],
        [need("ssm:StartSession", Target::Service("ec2"), Extent::Every)],
        [need("sagemaker:CreatePresignedNotebookInstanceUrl", Target::Service("sagemaker"), Extent::Every)],
        [need("cloudformation:UpdateStack", Target::Service("cloudformation"), Extent::Every)],
        // New work for a service, under a role that is passed to it.
        [pass("lambda.amazonaws.com"), run("lambda:CreateFunction", "lambda"), run("lambda:InvokeFunction", "lambda")],
        [pass("lambda.amazonaws.com"), run("lambda:CreateFunction", "lambda"), run("lambda:AddPermission", "lambda")],
        [pass("lambda.amazonaws.com"), run("lambda:CreateFunction", "lambda"), run("lambda:CreateFunctionUrlConfig", "lambda")],
        [pass("lambda.amazonaws.com"), run("lambda:CreateFunction", "lambda"), run("lambda:CreateEventSourceMapping", "lambda")],
        [pass("ec2.amazonaws.com"), run("ec2:RunInstances", "ec2")],
        [pass("ec2.amazonaws.com"), run("ec2:AssociateIamInstanceProfile", "ec2")],
        [pass("cloudformation.amazonaws.com"), run("cloudformation:CreateStack", "cloudformation")],
        [pass("cloudformation.amazonaws.com"), run("cloudformation:CreateStackSet", "cloudformation")],
        [pass("glue.amazonaws.com"), run("glue:CreateDevEndpoint", "glue")],
        [pass("glue.amazonaws.com"), run("glue:CreateJob", "glue")],
        [pass("glue.amazonaws.com"), run("glue:UpdateJob", "glue")],
        [pass("glue.amazonaws.com"), run("glue:CreateSession", "glue")],
        [pass("sagemaker.amazonaws.com"), run("sagemaker:CreateNotebookInstance", "sagemaker")],
        [pass("sagemaker.amazonaws.com"), run("sagemaker:CreateProcessingJob", "sagemaker")],
        [pass("sagemaker.amazonaws.com"), run("sagemaker:CreateTrainingJob", "sagemaker")],
        [pass("ecs-tasks.amazonaws.com"), run("ecs:RegisterTaskDefinition", "ecs"), run("ecs:RunTask", "ecs")],
        [pass("ecs-tasks.amazonaws.com"), run("ecs:RegisterTaskDefinition", "ecs"), run("ecs:StartTask", "ecs")],
        [pass("ecs-tasks.amazonaws.com"), run("ecs:RegisterTaskDefinition", "ecs"), run("ecs:CreateService", "ecs")],
        [pass("ecs-tasks.amazonaws.com"), run("ecs:RegisterTaskDefinition", "ecs"), run("ecs:UpdateService", "ecs")],
        [pass("codebuild.amazonaws.com"), run("codebuild:CreateProject", "codebuild"), run("codebuild:StartBuild", "codebuild")],
        [pass("codebuild.amazonaws.com"), run("codebuild:UpdateProject", "codebuild"), run("codebuild:StartBuild", "codebuild")],
        [pass("codepipeline.amazonaws.com"), run("codepipeline:CreatePipeline", "codepipeline")],
        [pass("datapipeline.amazonaws.com"), run("datapipeline:CreatePipeline", "datapipeline"), run("datapipeline:PutPipelineDefinition", "datapipeline")],
        [pass("bedrock-agentcore.amazonaws.com"), run("bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore")],
        [pass("bedrock-agentcore.amazonaws.com"), run("bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore")],
        [pass("states.amazonaws.com"), run("states:CreateStateMachine", "states")],
        [pass("states.amazonaws.com"), run("states:UpdateStateMachine", "states")],
        [pass("batch.amazonaws.com"), run("batch:RegisterJobDefinition", "batch"), run("batch:SubmitJob", "batch")],
        [pass("ssm.amazonaws.com"), run("ssm:StartAutomationExecution", "ssm")],
        [pass("apprunner.amazonaws.com"), run("apprunner:CreateService", "apprunner")],
        [pass("elasticmapreduce.amazonaws.com"), run("elasticmapreduce:RunJobFlow", "elasticmapreduce")],
        [pass("emr-serverless.amazonaws.com"), run("emr-serverless:StartJobRun", "emr-serverless")],
        [pass("scheduler.amazonaws.com"), run("scheduler:CreateSchedule", "scheduler")],
];

impl Way {
    /// Its name: its actions, in the order in which they are needed.
    pub(super) fn name(&self) -> String {
        self.needs.iter().map(|need| need.action).collect::<Vec<_>>().join(" + ")
    }
}
