//! What Elastic Load Balancing answers.

use super::actions::*;
use crate::wire::services::{LOAD_BALANCING, LOAD_BALANCING_V2, WAF};
use crate::wire::{Constant, Operation, answers, words};

words! {
    /// Who can have the name of a balancer resolved to an address that leads to it.
    Scheme { Public = "internet-facing", Internal = "internal" }

    /// What a balancer is.
    BalancerKind { Application = "application", Network = "network", Gateway = "gateway" }

    /// Which addresses a balancer has.
    AddressKinds { V4 = "ipv4", Both = "dualstack", PublicV6 = "dualstack-without-public-ipv4" }

    /// What a listener or a target takes.
    Protocol {
        Http = "HTTP",
        Https = "HTTPS",
        Tcp = "TCP",
        Tls = "TLS",
        Udp = "UDP",
        TcpUdp = "TCP_UDP",
        Geneve = "GENEVE",
        Quic = "QUIC",
        TcpQuic = "TCP_QUIC",
    }

    /// What a rule does with a request.
    ActionKind {
        Forward = "forward",
        Oidc = "authenticate-oidc",
        Cognito = "authenticate-cognito",
        Redirect = "redirect",
        Fixed = "fixed-response",
        Jwt = "jwt-validation",
    }

    /// What becomes of a request without a session.
    Unauthenticated { Deny = "deny", Allow = "allow", Authenticate = "authenticate" }

    /// What targets are.
    TargetKind { Instance = "instance", Ip = "ip", Function = "lambda", Balancer = "alb" }

    /// Which addresses targets have.
    TargetAddresses { V4 = "ipv4", V6 = "ipv6" }

    /// Whether a target gets traffic.
    TargetState {
        Initial = "initial",
        Healthy = "healthy",
        Unhealthy = "unhealthy",
        UnhealthyDraining = "unhealthy.draining",
        Unused = "unused",
        Draining = "draining",
        Unavailable = "unavailable",
    }
}

answers! {
    DescribeBalancerTags {
        described: "TagDescriptions" optional records(TagDescription),
    }

    TagDescription {
        tags: "Tags" optional records(BalancerTag),
    }

    BalancerTag {
        key: "Key" required text,
        value: "Value" optional text,
    }

    GetWebAclForResource {
        acl: "WebACL" optional record(WebAclName),
    }

    WebAclName {
        arn: "ARN" required text,
    }

    DescribeLoadBalancers {
        balancers: "LoadBalancers" optional records(ListedBalancer),
    }

    ListedBalancer {
        arn: "LoadBalancerArn" optional text,
        name: "LoadBalancerName" optional text,
        dns_name: "DNSName" optional text,
        scheme: "Scheme" optional word(Scheme),
        vpc: "VpcId" optional text,
        kind: "Type" optional word(BalancerKind),
        addresses: "IpAddressType" optional word(AddressKinds),
        groups: "SecurityGroups" optional texts,
        zones: "AvailabilityZones" optional records(ListedZone),
    }

    ListedZone {
        name: "ZoneName" optional text,
    }

    DescribeClassicLoadBalancers {
        balancers: "LoadBalancerDescriptions" optional records(ListedClassic),
    }

    ListedClassic {
        name: "LoadBalancerName" optional text,
        dns_name: "DNSName" optional text,
        scheme: "Scheme" optional text,
        vpc: "VPCId" optional text,
        groups: "SecurityGroups" optional texts,
        listeners: "ListenerDescriptions" optional records(ClassicListener),
        instances: "Instances" optional records(ClassicInstance),
        zones: "AvailabilityZones" optional texts,
    }

    ClassicListener {
        listener: "Listener" optional record(ClassicPorts),
        policies: "PolicyNames" optional texts,
    }

    ClassicPorts {
        protocol: "Protocol" required text,
        port: "LoadBalancerPort" required whole,
        instance_protocol: "InstanceProtocol" optional text,
        instance_port: "InstancePort" required whole,
        certificate: "SSLCertificateId" optional text,
    }

    ClassicInstance {
        id: "InstanceId" optional text,
    }

    DescribeTargetGroups {
        groups: "TargetGroups" optional records(ListedTargetGroup),
    }

    ListedTargetGroup {
        arn: "TargetGroupArn" optional text,
        name: "TargetGroupName" optional text,
        protocol: "Protocol" optional word(Protocol),
        vpc: "VpcId" optional text,
        balancers: "LoadBalancerArns" optional texts,
        kind: "TargetType" optional word(TargetKind),
        addresses: "IpAddressType" optional word(TargetAddresses),
        health_check: "HealthCheckProtocol" optional word(Protocol),
    }

    DescribeListeners {
        listeners: "Listeners" optional records(ListedListener),
    }

    ListedListener {
        arn: "ListenerArn" optional text,
        port: "Port" optional whole,
        protocol: "Protocol" optional word(Protocol),
        actions: "DefaultActions" optional records(ListedAction),
        policy: "SslPolicy" optional text,
        certificates_of_clients: "MutualAuthentication" optional record(MutualAuthentication),
    }

    MutualAuthentication {
        mode: "Mode" optional text,
    }

    ListedAction {
        kind: "Type" required word(ActionKind),
        group: "TargetGroupArn" optional text,
        forward: "ForwardConfig" optional record(ForwardConfig),
        oidc: "AuthenticateOidcConfig" optional record(SignIn),
        cognito: "AuthenticateCognitoConfig" optional record(SignIn),
        redirect: "RedirectConfig" optional record(RedirectConfig),
    }

    RedirectConfig {
        protocol: "Protocol" optional text,
    }

    ForwardConfig {
        groups: "TargetGroups" optional records(WeightedGroup),
    }

    WeightedGroup {
        arn: "TargetGroupArn" optional text,
        weight: "Weight" optional whole,
    }

    SignIn {
        unauthenticated: "OnUnauthenticatedRequest" optional word(Unauthenticated),
    }

    DescribeRules {
        rules: "Rules" optional records(ListedRule),
    }

    ListedRule {
        priority: "Priority" optional text,
        conditions: "Conditions" optional records(ListedCondition),
        actions: "Actions" optional records(ListedAction),
        is_default: "IsDefault" optional flag,
    }

    ListedCondition {
        field: "Field" optional text,
        values: "Values" optional texts,
        regex: "RegexValues" optional texts,
        host: "HostHeaderConfig" optional record(Patterns),
        path: "PathPatternConfig" optional record(Patterns),
        header: "HttpHeaderConfig" optional record(HeaderPatterns),
        query: "QueryStringConfig" optional record(QueryPatterns),
        method: "HttpRequestMethodConfig" optional record(Values),
        source: "SourceIpConfig" optional record(Values),
    }

    Patterns {
        values: "Values" optional texts,
        regex: "RegexValues" optional texts,
    }

    HeaderPatterns {
        name: "HttpHeaderName" optional text,
        values: "Values" optional texts,
        regex: "RegexValues" optional texts,
    }

    QueryPatterns {
        values: "Values" optional records(QueryPattern),
    }

    QueryPattern {
        key: "Key" optional text,
        value: "Value" optional text,
    }

    Values {
        values: "Values" optional texts,
    }

    DescribeTargetHealth {
        targets: "TargetHealthDescriptions" optional records(TargetHealthOf),
    }

    TargetHealthOf {
        target: "Target" optional record(ListedTarget),
        health: "TargetHealth" optional record(TargetHealth),
    }

    ListedTarget {
        id: "Id" required text,
        port: "Port" optional whole,
    }

    TargetHealth {
        state: "State" optional word(TargetState),
        reason: "Reason" optional text,
    }

    DescribeTargetGroupAttributes {
        attributes: "Attributes" optional records(GroupAttribute),
    }

    GroupAttribute {
        key: "Key" optional text,
        value: "Value" optional text,
    }

    DescribeLoadBalancerAttributes {
        attributes: "Attributes" optional records(BalancerAttribute),
    }

    BalancerAttribute {
        key: "Key" optional text,
        value: "Value" optional text,
    }

    DescribeClassicAttributes {
        attributes: "LoadBalancerAttributes" optional record(ClassicAttributes),
    }

    ClassicAttributes {
        cross_zone: "CrossZoneLoadBalancing" optional record(CrossZone),
        access_log: "AccessLog" optional record(AccessLog),
        draining: "ConnectionDraining" optional record(Draining),
        more: "AdditionalAttributes" optional records(BalancerAttribute),
    }

    CrossZone {
        enabled: "Enabled" required flag,
    }

    AccessLog {
        enabled: "Enabled" required flag,
    }

    Draining {
        enabled: "Enabled" required flag,
    }

    DescribeLoadBalancerPolicies {
        policies: "PolicyDescriptions" optional records(ClassicPolicy),
    }

    ClassicPolicy {
        name: "PolicyName" optional text,
        kind: "PolicyTypeName" optional text,
        attributes: "PolicyAttributeDescriptions" optional records(PolicyAttribute),
    }

    PolicyAttribute {
        name: "AttributeName" optional text,
        value: "AttributeValue" optional text,
    }

    DescribeSslPolicies {
        policies: "SslPolicies" optional records(SslPolicy),
    }

    SslPolicy {
        name: "Name" optional text,
        versions: "SslProtocols" optional texts,
    }
}

/// As many as a page can have.
const FULL: &[(&str, Constant)] = &[("PageSize", Constant::Whole(400))];

pub(crate) static LIST_BALANCERS: Operation<0, DescribeLoadBalancers<'_>> =
    Operation::new(&LOAD_BALANCING_V2, BALANCERS.name, "DescribeLoadBalancers")
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static LIST_CLASSIC: Operation<0, DescribeClassicLoadBalancers<'_>> =
    Operation::new(&LOAD_BALANCING, BALANCERS.name, "DescribeLoadBalancers")
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static LIST_TARGET_GROUPS: Operation<0, DescribeTargetGroups<'_>> =
    Operation::new(&LOAD_BALANCING_V2, TARGET_GROUPS.name, "DescribeTargetGroups")
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static LIST_LISTENERS: Operation<1, DescribeListeners<'_>> =
    Operation::new(&LOAD_BALANCING_V2, LISTENERS.name, "DescribeListeners")
        .takes(&["LoadBalancerArn"])
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static LIST_RULES: Operation<1, DescribeRules<'_>> =
    Operation::new(&LOAD_BALANCING_V2, RULES.name, "DescribeRules")
        .takes(&["ListenerArn"])
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static READ_TARGETS: Operation<1, DescribeTargetHealth<'_>> =
    Operation::new(&LOAD_BALANCING_V2, TARGETS.name, "DescribeTargetHealth")
        .takes(&["TargetGroupArn"]);

pub(crate) static READ_GROUP_ATTRIBUTES: Operation<1, DescribeTargetGroupAttributes<'_>> =
    Operation::new(&LOAD_BALANCING_V2, GROUP_ATTRIBUTES.name, "DescribeTargetGroupAttributes")
        .takes(&["TargetGroupArn"]);

pub(crate) static READ_ATTRIBUTES: Operation<1, DescribeLoadBalancerAttributes<'_>> =
    Operation::new(&LOAD_BALANCING_V2, ATTRIBUTES.name, "DescribeLoadBalancerAttributes")
        .takes(&["LoadBalancerArn"]);

pub(crate) static READ_CLASSIC_ATTRIBUTES: Operation<1, DescribeClassicAttributes<'_>> =
    Operation::new(&LOAD_BALANCING, ATTRIBUTES.name, "DescribeLoadBalancerAttributes")
        .takes(&["LoadBalancerName"]);

pub(crate) static READ_POLICIES: Operation<1, DescribeLoadBalancerPolicies<'_>> =
    Operation::new(&LOAD_BALANCING, POLICIES.name, "DescribeLoadBalancerPolicies")
        .takes(&["LoadBalancerName"]);

pub(crate) static LIST_SSL_POLICIES: Operation<0, DescribeSslPolicies<'_>> =
    Operation::new(&LOAD_BALANCING_V2, SSL_POLICIES.name, "DescribeSSLPolicies")
        .given(FULL)
        .pages("Marker", "NextMarker");

pub(crate) static READ_WEB_ACL: Operation<1, GetWebAclForResource<'_>> =
    Operation::new(&WAF, WEB_ACL.name, "GetWebACLForResource").takes(&["ResourceArn"]);

pub(crate) static READ_TAGS: Operation<1, DescribeBalancerTags<'_>> =
    Operation::new(&LOAD_BALANCING_V2, TAGS.name, "DescribeTags").takes(&["ResourceArns.member.1"]);

pub(crate) static READ_CLASSIC_TAGS: Operation<1, DescribeBalancerTags<'_>> =
    Operation::new(&LOAD_BALANCING, TAGS.name, "DescribeTags")
        .takes(&["LoadBalancerNames.member.1"]);
