//! The escalation paths: the ways from some permissions to more.
//!
//! Each path is a set of actions that together let their holder act with permissions that it was not granted: by writing its
//! own permissions, by acting as another principal, or by having a service run code under a role that it passes. The table is
//! data: it holds every path that the named sources listed on the day they were read, but those of [`RETIRED`] services.
//! A path that needs everything another one needs, and more, is left out: it is found by the shorter one.
//!
//! The actions and the resources that they apply to are those of the
//! [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
//! `docs/escalation-paths.md` is written from this table.

use posture_model::dated::Dated;

/// The day on which the sources were read.
const READ: &str = "2026-11-29";

/// Where paths were read, and when.
#[cfg_attr(not(test), allow(dead_code, reason = "the page for readers shows all of it"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) url: &'static str,
    /// The day on which it was read, as `2026-11-29`.
    pub(super) read: &'static str,
}

/// The catalog of escalation paths by Datadog, as of December 2025.
pub(super) const PATHFINDING: Source =
    Source { name: "pathfinding.cloud", url: "https://pathfinding.cloud/paths/", read: READ };

/// The combinations that Prowler 5.46 checks.
pub(super) const PROWLER: Source = Source {
    name: "Prowler 5.46",
    url: "https://github.com/prowler-cloud/prowler/blob/master/prowler/providers/aws/services/iam/lib/privilege_escalation.py",
    read: READ,
};

/// What follows from AWS's own description of the actions.
pub(super) const AWS: Source = Source {
    name: "AWS service authorization reference",
    url: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    read: READ,
};

/// Paths of the sources that no longer exist: the action, and since when.
#[cfg_attr(not(test), allow(dead_code, reason = "the page for readers shows it"))]
pub(super) static RETIRED: Dated<(&str, &str)> = Dated::new(
    &["https://docs.aws.amazon.com/codestar/latest/userguide/working-with-teams.html"],
    READ,
    &[(
        "codestar:CreateProject",
        "AWS CodeStar was discontinued on 2024-07-31: it no longer creates projects \
         (https://docs.aws.amazon.com/codestar/latest/userguide/working-with-teams.html)",
    )],
);

/// How far a permission has to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Extent {
    /// One resource of the kind is enough, also the principal itself.
    Any,
    /// Any resource except the principal itself: managing one's credentials is self-service. The effect of a permission
    /// on a named resource depends on that resource.
    Others,
    /// Every resource of the kind. The effect of a permission on some depends on those few.
    Every,
    /// As [`Self::Every`], but a permission on some resources was meant to be granted, so that it is not a path on its own.
    EveryOrNone,
}

/// One permission that a path needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) action: &'static str,
    /// The resources it is needed on: a pattern of ARNs, in which `{p}` is the partition and `{a}` the
    /// account, or `*` for an action without resources.
    pub(super) on: &'static str,
    pub(super) extent: Extent,
}

/// What a path leads to. The first need of a path decides to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gain {
    /// The permissions of whatever it writes, so that the holder can undo what is withheld from it.
    Rights,
    /// A session of the role.
    Session,
    /// The credentials of the user.
    Credentials,
    /// The trust policy of the role.
    Trust,
    /// Membership of the group.
    Membership,
    /// Code that one of these services runs under a role that is passed to it.
    Passed(&'static [&'static str]),
    /// Code that one of these services runs already, under its own role.
    Running(&'static [&'static str]),
    /// Something else that the policies of the account do not show.
    Elsewhere,
}

/// An escalation path.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(test), allow(dead_code, reason = "the page for readers shows all of it"))]
pub(super) struct Way {
    /// Its id, which stays the same.
    pub(super) id: &'static str,
    pub(super) needs: &'static [Need],
    pub(super) gain: Gain,
    pub(super) source: Source,
}

const fn need(action: &'static str, on: &'static str, extent: Extent) -> Need {
    Need { action, on, extent }
}

const fn any(action: &'static str, on: &'static str) -> Need {
    need(action, on, Extent::Any)
}

const fn every(action: &'static str, on: &'static str) -> Need {
    need(action, on, Extent::Every)
}

const PASS: Need = every("iam:PassRole", ROLE);

const fn way(id: &'static str, gain: Gain, source: Source, needs: &'static [Need]) -> Way {
    Way { id, needs, gain, source }
}

const USER: &str = "arn:{p}:iam::{a}:user/*";
const GROUP: &str = "arn:{p}:iam::{a}:group/*";
const ROLE: &str = "arn:{p}:iam::{a}:role/*";
const POLICY: &str = "arn:{p}:iam::{a}:policy/*";
const SAML: &str = "arn:{p}:iam::{a}:saml-provider/*";
const OIDC: &str = "arn:{p}:iam::{a}:oidc-provider/*";
const PROFILE: &str = "arn:{p}:iam::{a}:instance-profile/*";
const FUNCTION: &str = "arn:{p}:lambda:*:{a}:function:*";
const LAMBDA: &str = "arn:{p}:lambda:*:{a}:*";
const INSTANCE: &str = "arn:{p}:ec2:*:{a}:instance/*";
const TEMPLATE: &str = "arn:{p}:ec2:*:{a}:launch-template/*";
const EC2_ANY: &str = "arn:{p}:ec2:*:{a}:*";
const SCALING: &str = "arn:{p}:autoscaling:*:{a}:*";
const STACK: &str = "arn:{p}:cloudformation:*:{a}:stack/*/*";
const STACK_SET: &str = "arn:{p}:cloudformation:*:{a}:*";
const PROJECT: &str = "arn:{p}:codebuild:*:{a}:project/*";
const PIPELINE: &str = "arn:{p}:codepipeline:*:{a}:*";
const DATA_PIPELINE: &str = "arn:{p}:datapipeline:*:{a}:*";
const GLUE_ANY: &str = "arn:{p}:glue:*:{a}:*";
const SAGEMAKER_ANY: &str = "arn:{p}:sagemaker:*:{a}:*";
const NOTEBOOK: &str = "arn:{p}:sagemaker:*:{a}:notebook-instance/*";
const ECS_ANY: &str = "arn:{p}:ecs:*:{a}:*";
const AGENT_CORE: &str = "arn:{p}:bedrock-agentcore:*:{a}:*";
const MACHINE: &str = "arn:{p}:states:*:{a}:*";
const BATCH_ANY: &str = "arn:{p}:batch:*:{a}:*";
const SSM_ANY: &str = "arn:{p}:ssm:*:{a}:*";
const APP_RUNNER: &str = "arn:{p}:apprunner:*:{a}:service/*/*";
const CLUSTER: &str = "arn:{p}:elasticmapreduce:*:{a}:cluster/*";
const EMR_ANY: &str = "arn:{p}:elasticmapreduce:*:{a}:*";
const EMR_SERVERLESS: &str = "arn:{p}:emr-serverless:*:{a}:*";
const SCHEDULE: &str = "arn:{p}:scheduler:*:{a}:*";
const BRAKET: &str = "arn:{p}:braket:*:{a}:*";
const DEPLOYMENT: &str = "arn:{p}:codedeploy:*:{a}:*";
const IDENTITY_POOL: &str = "arn:{p}:cognito-identity:*:{a}:*";
const GAME: &str = "arn:{p}:gamelift:*:{a}:*";
const IMAGE: &str = "arn:{p}:imagebuilder:*:{a}:*";
const FLINK: &str = "arn:{p}:kinesisanalytics:*:{a}:*";
const OMICS_ANY: &str = "arn:{p}:omics:*:{a}:*";
const ANYWHERE: &str = "arn:{p}:rolesanywhere:*:{a}:*";
const PERMISSION_SET: &str = "arn:{p}:sso:::permissionSet/*/*";

const TO_LAMBDA: Gain = Gain::Passed(&["lambda.amazonaws.com"]);
const TO_EC2: Gain = Gain::Passed(&["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]);
const TO_CLOUDFORMATION: Gain = Gain::Passed(&["cloudformation.amazonaws.com"]);
const TO_GLUE: Gain = Gain::Passed(&["glue.amazonaws.com"]);
const TO_SAGEMAKER: Gain = Gain::Passed(&["sagemaker.amazonaws.com"]);
const TO_TASKS: Gain = Gain::Passed(&["ecs-tasks.amazonaws.com"]);
const TO_CODEBUILD: Gain = Gain::Passed(&["codebuild.amazonaws.com"]);
const TO_AGENT_CORE: Gain = Gain::Passed(&["bedrock-agentcore.amazonaws.com"]);
const TO_STATES: Gain = Gain::Passed(&["states.amazonaws.com"]);
const TO_SSM: Gain = Gain::Passed(&["ssm.amazonaws.com"]);
const TO_EMR: Gain = Gain::Passed(&["elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"]);

const IN_LAMBDA: Gain = Gain::Running(&["lambda.amazonaws.com"]);
const IN_EC2: Gain =
    Gain::Running(&["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "ssm.amazonaws.com"]);
const IN_CLOUDFORMATION: Gain = Gain::Running(&["cloudformation.amazonaws.com"]);
const IN_CODEBUILD: Gain = Gain::Running(&["codebuild.amazonaws.com"]);
const IN_SAGEMAKER: Gain = Gain::Running(&["sagemaker.amazonaws.com"]);
const IN_TASKS: Gain = Gain::Running(&["ecs-tasks.amazonaws.com"]);
const IN_AGENT_CORE: Gain = Gain::Running(&["bedrock-agentcore.amazonaws.com"]);

/// Every path that is looked for.
#[rustfmt::skip]
pub(super) static WAYS: Dated<Way> = Dated::new(&[PATHFINDING.url, PROWLER.url, AWS.url], READ, &[
    // Who writes rights: those of a user, a group or a role, or what is in a policy.
    way("attach-user-policy", Gain::Rights, PATHFINDING, &[any("iam:AttachUserPolicy", USER)]),
    way("attach-group-policy", Gain::Rights, PATHFINDING, &[any("iam:AttachGroupPolicy", GROUP)]),
    way("attach-role-policy", Gain::Rights, PATHFINDING, &[any("iam:AttachRolePolicy", ROLE)]),
    way("put-user-policy", Gain::Rights, PATHFINDING, &[any("iam:PutUserPolicy", USER)]),
    way("put-group-policy", Gain::Rights, PATHFINDING, &[any("iam:PutGroupPolicy", GROUP)]),
    way("put-role-policy", Gain::Rights, PATHFINDING, &[any("iam:PutRolePolicy", ROLE)]),
    way("create-policy-version", Gain::Rights, PATHFINDING, &[any("iam:CreatePolicyVersion", POLICY)]),
    way("set-default-policy-version", Gain::Elsewhere, PROWLER, &[any("iam:SetDefaultPolicyVersion", POLICY)]),
    way("delete-user-boundary", Gain::Elsewhere, PROWLER, &[any("iam:DeleteUserPermissionsBoundary", USER)]),
    way("delete-role-boundary", Gain::Elsewhere, PROWLER, &[any("iam:DeleteRolePermissionsBoundary", ROLE)]),
    way("add-user-to-group", Gain::Membership, PATHFINDING, &[any("iam:AddUserToGroup", GROUP)]),
    way("update-trust-policy", Gain::Trust, PATHFINDING, &[any("iam:UpdateAssumeRolePolicy", ROLE)]),
    // In IAM Identity Center, whose permission sets become roles of the accounts.
    way("sso-attach-managed-policy", Gain::Elsewhere, PROWLER, &[any("sso:AttachManagedPolicyToPermissionSet", PERMISSION_SET)]),
    way("sso-attach-customer-policy", Gain::Elsewhere, AWS, &[any("sso:AttachCustomerManagedPolicyReferenceToPermissionSet", PERMISSION_SET)]),
    way("sso-put-inline-policy", Gain::Elsewhere, PROWLER, &[any("sso:PutInlinePolicyToPermissionSet", PERMISSION_SET)]),
    way("sso-create-account-assignment", Gain::Elsewhere, PROWLER, &[any("sso:CreateAccountAssignment", PERMISSION_SET)]),

    // Who acts as another.
    way("create-access-key", Gain::Credentials, PATHFINDING, &[need("iam:CreateAccessKey", USER, Extent::Others)]),
    way("create-login-profile", Gain::Credentials, PATHFINDING, &[need("iam:CreateLoginProfile", USER, Extent::Others)]),
    way("update-login-profile", Gain::Credentials, PATHFINDING, &[need("iam:UpdateLoginProfile", USER, Extent::Others)]),
    way("create-service-credential", Gain::Credentials, AWS, &[need("iam:CreateServiceSpecificCredential", USER, Extent::Others)]),
    way("reset-service-credential", Gain::Credentials, AWS, &[need("iam:ResetServiceSpecificCredential", USER, Extent::Others)]),
    way("assume-role", Gain::Session, PATHFINDING, &[need("sts:AssumeRole", ROLE, Extent::EveryOrNone)]),
    way("update-saml-provider", Gain::Elsewhere, AWS, &[every("iam:UpdateSAMLProvider", SAML)]),
    way("oidc-thumbprint", Gain::Elsewhere, AWS, &[every("iam:UpdateOpenIDConnectProviderThumbprint", OIDC)]),

    // A principal that changes what runs already, under its own role.
    way("lambda-update-code", IN_LAMBDA, PATHFINDING, &[every("lambda:UpdateFunctionCode", FUNCTION)]),
    way("lambda-update-configuration", IN_LAMBDA, PROWLER, &[every("lambda:UpdateFunctionConfiguration", FUNCTION)]),
    way("ec2-user-data", IN_EC2, PATHFINDING, &[
        every("ec2:ModifyInstanceAttribute", INSTANCE), every("ec2:StopInstances", INSTANCE), every("ec2:StartInstances", INSTANCE),
    ]),
    way("ec2-launch-template", IN_EC2, PATHFINDING, &[
        every("ec2:CreateLaunchTemplateVersion", TEMPLATE), every("ec2:ModifyLaunchTemplate", TEMPLATE),
    ]),
    way("ec2-instance-connect", IN_EC2, PATHFINDING, &[every("ec2-instance-connect:SendSSHPublicKey", INSTANCE)]),
    way("ec2-serial-console", IN_EC2, AWS, &[every("ec2-instance-connect:SendSerialConsoleSSHPublicKey", INSTANCE)]),
    way("ssm-send-command", IN_EC2, PATHFINDING, &[every("ssm:SendCommand", INSTANCE)]),
    way("ssm-start-session", IN_EC2, PATHFINDING, &[every("ssm:StartSession", INSTANCE)]),
    way("ssm-create-association", IN_EC2, AWS, &[every("ssm:CreateAssociation", INSTANCE)]),
    way("glue-update-endpoint", Gain::Running(&["glue.amazonaws.com"]), PATHFINDING, &[any("glue:UpdateDevEndpoint", GLUE_ANY)]),
    way("sagemaker-presigned-notebook", IN_SAGEMAKER, PATHFINDING, &[every("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK)]),
    way("sagemaker-presigned-domain", IN_SAGEMAKER, AWS, &[every("sagemaker:CreatePresignedDomainUrl", "arn:{p}:sagemaker:*:{a}:user-profile/*/*")]),
    way("sagemaker-lifecycle", IN_SAGEMAKER, PATHFINDING, &[
        every("sagemaker:UpdateNotebookInstance", NOTEBOOK), every("sagemaker:StopNotebookInstance", NOTEBOOK),
        every("sagemaker:StartNotebookInstance", NOTEBOOK), any("sagemaker:CreateNotebookInstanceLifecycleConfig", SAGEMAKER_ANY),
    ]),
    way("cloudformation-update-stack", IN_CLOUDFORMATION, PATHFINDING, &[every("cloudformation:UpdateStack", STACK)]),
    way("cloudformation-change-set", IN_CLOUDFORMATION, PATHFINDING, &[
        every("cloudformation:CreateChangeSet", STACK), every("cloudformation:ExecuteChangeSet", STACK),
    ]),
    way("codebuild-start-build", IN_CODEBUILD, PATHFINDING, &[every("codebuild:StartBuild", PROJECT)]),
    way("codebuild-start-build-batch", IN_CODEBUILD, PATHFINDING, &[every("codebuild:StartBuildBatch", PROJECT)]),
    way("apprunner-update-service", Gain::Running(&["tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com"]), PATHFINDING, &[every("apprunner:UpdateService", APP_RUNNER)]),
    way("ecs-execute-command", IN_TASKS, PROWLER, &[
        every("ecs:ExecuteCommand", "arn:{p}:ecs:*:{a}:task/*/*"), any("ecs:DescribeTasks", ECS_ANY),
    ]),
    way("batch-submit-job", Gain::Running(&["ecs-tasks.amazonaws.com", "batch.amazonaws.com"]), PROWLER, &[
        every("batch:SubmitJob", "arn:{p}:batch:*:{a}:job-definition/*:*"),
    ]),
    way("codedeploy-create-deployment", IN_EC2, PROWLER, &[
        every("codedeploy:CreateDeployment", "arn:{p}:codedeploy:*:{a}:deploymentgroup:*/*"), any("codedeploy:GetDeploymentConfig", DEPLOYMENT),
        any("codedeploy:RegisterApplicationRevision", DEPLOYMENT),
    ]),
    way("states-update-start", Gain::Running(&["states.amazonaws.com"]), PROWLER, &[
        every("states:UpdateStateMachine", "arn:{p}:states:*:{a}:stateMachine:*"), every("states:StartExecution", "arn:{p}:states:*:{a}:stateMachine:*"),
    ]),
    way("emr-add-steps", Gain::Running(&["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "elasticmapreduce.amazonaws.com"]), AWS, &[every("elasticmapreduce:AddJobFlowSteps", CLUSTER)]),
    way("agentcore-interpreter", IN_AGENT_CORE, PATHFINDING, &[
        every("bedrock-agentcore:StartCodeInterpreterSession", AGENT_CORE), every("bedrock-agentcore:InvokeCodeInterpreter", AGENT_CORE),
    ]),
    way("agentcore-runtime-command", IN_AGENT_CORE, PROWLER, &[every("bedrock-agentcore:InvokeAgentRuntimeCommand", AGENT_CORE)]),
    way("agentcore-browser", IN_AGENT_CORE, PROWLER, &[
        every("bedrock-agentcore:StartBrowserSession", AGENT_CORE), every("bedrock-agentcore:ConnectBrowserAutomationStream", AGENT_CORE),
    ]),

    // Who has a service run something new, under a role that is passed to it.
    way("lambda-create-invoke", TO_LAMBDA, PATHFINDING, &[PASS, any("lambda:CreateFunction", FUNCTION), any("lambda:InvokeFunction", FUNCTION)]),
    way("lambda-create-permission", TO_LAMBDA, PATHFINDING, &[PASS, any("lambda:CreateFunction", FUNCTION), any("lambda:AddPermission", FUNCTION)]),
    way("lambda-create-url", TO_LAMBDA, AWS, &[PASS, any("lambda:CreateFunction", FUNCTION), any("lambda:CreateFunctionUrlConfig", FUNCTION)]),
    way("lambda-create-event-source", TO_LAMBDA, PATHFINDING, &[PASS, any("lambda:CreateFunction", FUNCTION), any("lambda:CreateEventSourceMapping", LAMBDA)]),
    // What exists and is named may be given another role.
    way("lambda-pass-update", TO_LAMBDA, AWS, &[PASS, any("lambda:UpdateFunctionConfiguration", FUNCTION)]),
    way("ec2-run-instances", TO_EC2, PATHFINDING, &[PASS, any("ec2:RunInstances", INSTANCE)]),
    way("ec2-spot-instances", TO_EC2, PATHFINDING, &[PASS, any("ec2:RequestSpotInstances", EC2_ANY)]),
    way("ec2-spot-fleet", TO_EC2, AWS, &[PASS, any("ec2:RequestSpotFleet", EC2_ANY)]),
    way("ec2-fleet", TO_EC2, AWS, &[PASS, any("ec2:CreateFleet", EC2_ANY)]),
    way("ec2-associate-profile", TO_EC2, AWS, &[PASS, any("ec2:AssociateIamInstanceProfile", INSTANCE)]),
    way("ec2-replace-profile", TO_EC2, AWS, &[PASS, any("ec2:ReplaceIamInstanceProfileAssociation", INSTANCE)]),
    way("profile-add-role", TO_EC2, AWS, &[PASS, any("iam:AddRoleToInstanceProfile", PROFILE)]),
    way("autoscaling-create", TO_EC2, PROWLER, &[PASS, any("autoscaling:CreateLaunchConfiguration", SCALING), any("autoscaling:CreateAutoScalingGroup", SCALING)]),
    way("autoscaling-update", TO_EC2, PROWLER, &[PASS, any("autoscaling:CreateLaunchConfiguration", SCALING), any("autoscaling:UpdateAutoScalingGroup", SCALING)]),
    way("imagebuilder-create", TO_EC2, PROWLER, &[
        PASS, any("imagebuilder:CreateComponent", IMAGE), any("imagebuilder:CreateImageRecipe", IMAGE),
        any("imagebuilder:CreateInfrastructureConfiguration", IMAGE), any("imagebuilder:CreateImage", IMAGE),
    ]),
    way("cloudformation-create-stack", TO_CLOUDFORMATION, PATHFINDING, &[PASS, any("cloudformation:CreateStack", STACK)]),
    way("cloudformation-pass-change-set", TO_CLOUDFORMATION, AWS, &[PASS, any("cloudformation:CreateChangeSet", STACK), any("cloudformation:ExecuteChangeSet", STACK)]),
    way("cloudformation-pass-update-stack", TO_CLOUDFORMATION, AWS, &[PASS, any("cloudformation:UpdateStack", STACK)]),
    way("cloudformation-create-stack-set", TO_CLOUDFORMATION, PATHFINDING, &[PASS, any("cloudformation:CreateStackSet", STACK_SET), any("cloudformation:CreateStackInstances", STACK_SET)]),
    way("cloudformation-update-stack-set", TO_CLOUDFORMATION, PATHFINDING, &[PASS, any("cloudformation:UpdateStackSet", STACK_SET)]),
    way("glue-create-endpoint", TO_GLUE, PATHFINDING, &[PASS, any("glue:CreateDevEndpoint", GLUE_ANY)]),
    way("glue-create-job-run", TO_GLUE, PATHFINDING, &[PASS, any("glue:CreateJob", GLUE_ANY), any("glue:StartJobRun", GLUE_ANY)]),
    way("glue-create-job-trigger", TO_GLUE, PATHFINDING, &[PASS, any("glue:CreateJob", GLUE_ANY), any("glue:CreateTrigger", GLUE_ANY)]),
    // A job that exists may be run by a trigger that exists.
    way("glue-update-job", TO_GLUE, PATHFINDING, &[PASS, any("glue:UpdateJob", GLUE_ANY)]),
    way("glue-create-session", TO_GLUE, PROWLER, &[PASS, any("glue:CreateSession", GLUE_ANY), any("glue:RunStatement", GLUE_ANY)]),
    way("sagemaker-create-notebook", TO_SAGEMAKER, PATHFINDING, &[PASS, any("sagemaker:CreateNotebookInstance", NOTEBOOK)]),
    way("sagemaker-create-processing-job", TO_SAGEMAKER, PATHFINDING, &[PASS, any("sagemaker:CreateProcessingJob", SAGEMAKER_ANY)]),
    way("sagemaker-create-training-job", TO_SAGEMAKER, PATHFINDING, &[PASS, any("sagemaker:CreateTrainingJob", SAGEMAKER_ANY)]),
    way("sagemaker-create-tuning-job", TO_SAGEMAKER, AWS, &[PASS, any("sagemaker:CreateHyperParameterTuningJob", SAGEMAKER_ANY)]),
    way("sagemaker-pass-update", TO_SAGEMAKER, AWS, &[
        PASS, any("sagemaker:UpdateNotebookInstance", NOTEBOOK), any("sagemaker:StopNotebookInstance", NOTEBOOK),
        any("sagemaker:StartNotebookInstance", NOTEBOOK),
    ]),
    // The role of a task definition that exists can be replaced when a task is run.
    way("ecs-run-task", TO_TASKS, PROWLER, &[PASS, any("ecs:RunTask", ECS_ANY)]),
    way("ecs-start-task", TO_TASKS, PROWLER, &[PASS, any("ecs:StartTask", ECS_ANY)]),
    way("ecs-create-service", TO_TASKS, PATHFINDING, &[PASS, any("ecs:RegisterTaskDefinition", ECS_ANY), any("ecs:CreateService", ECS_ANY)]),
    way("ecs-update-service", TO_TASKS, AWS, &[PASS, any("ecs:RegisterTaskDefinition", ECS_ANY), any("ecs:UpdateService", ECS_ANY)]),
    way("codebuild-create", TO_CODEBUILD, PATHFINDING, &[PASS, any("codebuild:CreateProject", PROJECT), any("codebuild:StartBuild", PROJECT)]),
    way("codebuild-create-batch", TO_CODEBUILD, PATHFINDING, &[PASS, any("codebuild:CreateProject", PROJECT), any("codebuild:StartBuildBatch", PROJECT)]),
    way("codebuild-update", TO_CODEBUILD, AWS, &[PASS, any("codebuild:UpdateProject", PROJECT), any("codebuild:StartBuild", PROJECT)]),
    way("codebuild-update-batch", TO_CODEBUILD, AWS, &[PASS, any("codebuild:UpdateProject", PROJECT), any("codebuild:StartBuildBatch", PROJECT)]),
    way("codepipeline-update", Gain::Passed(&["codepipeline.amazonaws.com"]), AWS, &[PASS, any("codepipeline:UpdatePipeline", PIPELINE)]),
    way("codepipeline-create", Gain::Passed(&["codepipeline.amazonaws.com"]), AWS, &[PASS, any("codepipeline:CreatePipeline", PIPELINE)]),
    way("datapipeline-create", Gain::Passed(&["datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"]), PATHFINDING, &[
        PASS, any("datapipeline:CreatePipeline", DATA_PIPELINE), any("datapipeline:PutPipelineDefinition", DATA_PIPELINE),
        any("datapipeline:ActivatePipeline", DATA_PIPELINE),
    ]),
    way("agentcore-create-interpreter", TO_AGENT_CORE, PATHFINDING, &[
        PASS, any("bedrock-agentcore:CreateCodeInterpreter", AGENT_CORE), any("bedrock-agentcore:StartCodeInterpreterSession", AGENT_CORE),
        any("bedrock-agentcore:InvokeCodeInterpreter", AGENT_CORE),
    ]),
    // The principal that creates a runtime decides who may invoke it.
    way("agentcore-create-runtime", TO_AGENT_CORE, PROWLER, &[PASS, any("bedrock-agentcore:CreateAgentRuntime", AGENT_CORE)]),
    way("agentcore-create-browser", TO_AGENT_CORE, PROWLER, &[
        PASS, any("bedrock-agentcore:CreateBrowser", AGENT_CORE), any("bedrock-agentcore:StartBrowserSession", AGENT_CORE),
        any("bedrock-agentcore:ConnectBrowserAutomationStream", AGENT_CORE),
    ]),
    way("states-create", TO_STATES, PROWLER, &[PASS, any("states:CreateStateMachine", MACHINE), any("states:StartExecution", MACHINE)]),
    way("states-create-sync", TO_STATES, AWS, &[PASS, any("states:CreateStateMachine", MACHINE), any("states:StartSyncExecution", MACHINE)]),
    // A state machine that exists may be run by a schedule that exists.
    way("states-update", TO_STATES, AWS, &[PASS, any("states:UpdateStateMachine", MACHINE)]),
    way("batch-register-submit", Gain::Passed(&["ecs-tasks.amazonaws.com", "batch.amazonaws.com"]), PROWLER, &[PASS, any("batch:RegisterJobDefinition", BATCH_ANY), any("batch:SubmitJob", BATCH_ANY)]),
    way("ssm-automation", TO_SSM, PROWLER, &[PASS, any("ssm:StartAutomationExecution", SSM_ANY)]),
    way("ssm-activation", TO_SSM, AWS, &[PASS, any("ssm:CreateActivation", SSM_ANY)]),
    way("apprunner-create-service", Gain::Passed(&["apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com"]), PATHFINDING, &[PASS, any("apprunner:CreateService", APP_RUNNER)]),
    way("apprunner-pass-update", Gain::Passed(&["apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com"]), AWS, &[PASS, any("apprunner:UpdateService", APP_RUNNER)]),
    way("emr-run-job-flow", TO_EMR, PROWLER, &[PASS, any("elasticmapreduce:RunJobFlow", EMR_ANY)]),
    way("emr-serverless-job", Gain::Passed(&["emr-serverless.amazonaws.com"]), PROWLER, &[PASS, any("emr-serverless:StartJobRun", EMR_SERVERLESS)]),
    way("scheduler-create", Gain::Passed(&["scheduler.amazonaws.com"]), PROWLER, &[PASS, any("scheduler:CreateSchedule", SCHEDULE)]),
    way("scheduler-update", Gain::Passed(&["scheduler.amazonaws.com"]), AWS, &[PASS, any("scheduler:UpdateSchedule", SCHEDULE)]),
    way("braket-create-job", Gain::Passed(&["braket.amazonaws.com"]), PROWLER, &[PASS, any("braket:CreateJob", BRAKET)]),
    way("cognito-identity-pool-roles", Gain::Passed(&["cognito-identity.amazonaws.com"]), PROWLER, &[PASS, any("cognito-identity:SetIdentityPoolRoles", IDENTITY_POOL)]),
    way("gamelift-create-fleet", Gain::Passed(&["gamelift.amazonaws.com"]), PROWLER, &[PASS, any("gamelift:CreateBuild", GAME), any("gamelift:CreateFleet", GAME)]),
    way("kinesisanalytics-create", Gain::Passed(&["kinesisanalytics.amazonaws.com"]), PROWLER, &[PASS, any("kinesisanalytics:CreateApplication", FLINK), any("kinesisanalytics:StartApplication", FLINK)]),
    way("omics-create-workflow", Gain::Passed(&["omics.amazonaws.com"]), PROWLER, &[PASS, any("omics:CreateWorkflow", OMICS_ANY), any("omics:StartRun", OMICS_ANY)]),
    way("rolesanywhere-create", Gain::Passed(&["rolesanywhere.amazonaws.com"]), AWS, &[PASS, any("rolesanywhere:CreateTrustAnchor", ANYWHERE), any("rolesanywhere:CreateProfile", ANYWHERE)]),
]);

impl Way {
    /// Its name: its actions, in the order in which they are needed.
    pub(super) fn name(&self) -> String {
        self.needs.iter().map(|need| need.action).collect::<Vec<_>>().join(" + ")
    }

    /// The services that a role is passed to; none if no role is passed.
    pub(super) fn passed_to(&self) -> &'static [&'static str] {
        match self.gain {
            Gain::Passed(services) => services,
            _ => &[],
        }
    }

    /// Whether it needs everything that `other` needs, and more.
    pub(super) fn exceeds(&self, other: &Self) -> bool {
        let has = |need: &Need| self.needs.iter().any(|own| own.action == need.action);
        self.needs.len() > other.needs.len() && other.needs.iter().all(has)
    }
}

#[cfg(test)]
#[path = "escalation/tests.rs"]
mod tests;
