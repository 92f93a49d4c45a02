//! What EC2 answers about networks.

use super::actions::*;
use crate::wire::services::EC2;
use crate::wire::{Constant, Operation, answers, words};

words! {
    /// Whether a rule of an ACL allows what it matches.
    RuleAction { Allow = "allow", Deny = "deny" }

    /// Whether a route works.
    RouteState { Active = "active", Blackhole = "blackhole", Filtered = "filtered" }

    /// Whether an association holds.
    AssociationStatus {
        Associating = "associating",
        Associated = "associated",
        Disassociating = "disassociating",
        Disassociated = "disassociated",
        Failed = "failed",
    }

    /// Whether an interface is attached to something.
    InterfaceStatus {
        Available = "available",
        Associated = "associated",
        Attaching = "attaching",
        InUse = "in-use",
        Detaching = "detaching",
    }

    /// What a block blocks.
    BlockMode { Off = "off", BothWays = "block-bidirectional", Ingress = "block-ingress" }

    /// Whether a block has reached its requested state.
    BlockState {
        Default = "default-state",
        Updating = "update-in-progress",
        Updated = "update-complete",
    }

    /// What an exclusion from a block allows.
    ExclusionMode { BothWays = "allow-bidirectional", Egress = "allow-egress" }

    /// Whether an exclusion has reached its requested state.
    ExclusionState {
        Creating = "create-in-progress",
        Created = "create-complete",
        NotCreated = "create-failed",
        Updating = "update-in-progress",
        Updated = "update-complete",
        NotUpdated = "update-failed",
        Deleting = "delete-in-progress",
        Deleted = "delete-complete",
        Disabling = "disable-in-progress",
        Disabled = "disable-complete",
    }

    /// Which traffic a flow log records.
    TrafficType { Accepted = "ACCEPT", Rejected = "REJECT", All = "ALL" }

    /// Whether a transit gateway does something by itself.
    Switch { Enable = "enable", Disable = "disable" }

    /// Whether a tunnel is up.
    TunnelStatus { Up = "UP", Down = "DOWN" }

    /// Which prefixes of a subnet AWS announces.
    AddressAttribute { Public = "public", Private = "private" }
}

answers! {
    DescribeNetworkInterfaces {
        interfaces: "networkInterfaceSet" optional records(ListedInterface),
    }

    ListedInterface {
        id: "networkInterfaceId" optional text,
        subnet: "subnetId" optional text,
        vpc: "vpcId" optional text,
        kind: "interfaceType" optional text,
        description: "description" optional text,
        status: "status" optional word(InterfaceStatus),
        association: "association" optional record(Association),
        attachment: "attachment" optional record(Attachment),
        private: "privateIpAddressesSet" optional records(PrivateAddress),
        v6: "ipv6AddressesSet" optional records(V6Address),
        denies_gateways: "denyAllIgwTraffic" optional flag,
        groups: "groupSet" optional records(GroupName),
        tags: "tagSet" optional records(Tag),
    }

    Association {
        public: "publicIp" optional text,
    }

    Attachment {
        instance: "instanceId" optional text,
        place: "deviceIndex" optional whole,
    }

    PrivateAddress {
        address: "privateIpAddress" optional text,
        primary: "primary" optional flag,
        association: "association" optional record(Association),
    }

    V6Address {
        address: "ipv6Address" optional text,
    }

    GroupName {
        id: "groupId" optional text,
    }

    Tag {
        key: "key" optional text,
        value: "value" optional text,
    }

    DescribeInstances {
        reservations: "reservationSet" optional records(Reservation),
    }

    Reservation {
        instances: "instancesSet" optional records(ListedInstance),
    }

    ListedInstance {
        id: "instanceId" optional text,
        state: "instanceState" optional record(InstanceState),
        profile: "iamInstanceProfile" optional record(Profile),
        interfaces: "networkInterfaceSet" optional records(InterfaceName),
        tags: "tagSet" optional records(Tag),
    }

    InstanceState {
        name: "name" optional text,
    }

    Profile {
        arn: "arn" optional text,
    }

    InterfaceName {
        id: "networkInterfaceId" optional text,
    }

    DescribeVpcs {
        vpcs: "vpcSet" optional records(ListedVpc),
    }

    ListedVpc {
        id: "vpcId" optional text,
        owner: "ownerId" optional text,
        tags: "tagSet" optional records(Tag),
    }

    DescribeSubnets {
        subnets: "subnetSet" optional records(ListedSubnet),
    }

    ListedSubnet {
        id: "subnetId" optional text,
        vpc: "vpcId" optional text,
        owner: "ownerId" optional text,
        cidr: "cidrBlock" optional text,
        v6: "ipv6CidrBlockAssociationSet" optional records(V6Block),
        automatic: "mapPublicIpOnLaunch" optional flag,
        tags: "tagSet" optional records(Tag),
    }

    V6Block {
        cidr: "ipv6CidrBlock" optional text,
        attribute: "ipv6AddressAttribute" optional word(AddressAttribute),
    }

    DescribeRouteTables {
        tables: "routeTableSet" optional records(ListedTable),
    }

    ListedTable {
        id: "routeTableId" optional text,
        vpc: "vpcId" optional text,
        associations: "associationSet" optional records(TableAssociation),
        routes: "routeSet" optional records(ListedRoute),
    }

    TableAssociation {
        main: "main" optional flag,
        subnet: "subnetId" optional text,
        gateway: "gatewayId" optional text,
        state: "associationState" optional record(AssociationState),
    }

    AssociationState {
        state: "state" optional word(AssociationStatus),
    }

    ListedRoute {
        cidr: "destinationCidrBlock" optional text,
        cidr6: "destinationIpv6CidrBlock" optional text,
        list: "destinationPrefixListId" optional text,
        gateway: "gatewayId" optional text,
        nat: "natGatewayId" optional text,
        egress: "egressOnlyInternetGatewayId" optional text,
        transit: "transitGatewayId" optional text,
        core: "coreNetworkArn" optional text,
        peering: "vpcPeeringConnectionId" optional text,
        interface: "networkInterfaceId" optional text,
        state: "state" optional word(RouteState),
    }

    DescribeNetworkAcls {
        acls: "networkAclSet" optional records(ListedAcl),
    }

    ListedAcl {
        id: "networkAclId" optional text,
        owner: "ownerId" optional text,
        default: "default" optional flag,
        associations: "associationSet" optional records(AclAssociation),
        entries: "entrySet" optional records(AclEntry),
        tags: "tagSet" optional records(Tag),
    }

    AclAssociation {
        subnet: "subnetId" optional text,
    }

    AclEntry {
        number: "ruleNumber" optional whole,
        protocol: "protocol" optional text,
        action: "ruleAction" optional word(RuleAction),
        egress: "egress" optional flag,
        cidr: "cidrBlock" optional text,
        cidr6: "ipv6CidrBlock" optional text,
        ports: "portRange" optional record(PortRange),
        icmp: "icmpTypeCode" optional record(IcmpTypeCode),
    }

    PortRange {
        from: "from" optional whole,
        to: "to" optional whole,
    }

    IcmpTypeCode {
        kind: "type" optional whole,
        code: "code" optional whole,
    }

    DescribeSecurityGroups {
        groups: "securityGroupInfo" optional records(ListedGroup),
    }

    ListedGroup {
        id: "groupId" optional text,
        name: "groupName" optional text,
        owner: "ownerId" optional text,
        inbound: "ipPermissions" optional records(IpPermission),
        outbound: "ipPermissionsEgress" optional records(IpPermission),
        tags: "tagSet" optional records(Tag),
    }

    IpPermission {
        protocol: "ipProtocol" optional text,
        from: "fromPort" optional whole,
        to: "toPort" optional whole,
        ranges: "ipRanges" optional records(IpRange),
        ranges6: "ipv6Ranges" optional records(Ipv6Range),
        lists: "prefixListIds" optional records(PrefixListName),
        groups: "groups" optional records(GroupName),
    }

    IpRange {
        cidr: "cidrIp" optional text,
    }

    Ipv6Range {
        cidr: "cidrIpv6" optional text,
    }

    PrefixListName {
        id: "prefixListId" optional text,
    }

    GetManagedPrefixListEntries {
        entries: "entrySet" optional records(PrefixListEntry),
    }

    PrefixListEntry {
        cidr: "cidr" optional text,
    }

    DescribeVpcBlockPublicAccessOptions {
        options: "vpcBlockPublicAccessOptions" optional record(BlockOptions),
    }

    BlockOptions {
        state: "state" optional word(BlockState),
        mode: "internetGatewayBlockMode" optional word(BlockMode),
    }

    DescribeVpcBlockPublicAccessExclusions {
        exclusions: "vpcBlockPublicAccessExclusionSet" optional records(ListedExclusion),
    }

    ListedExclusion {
        resource: "resourceArn" optional text,
        mode: "internetGatewayExclusionMode" optional word(ExclusionMode),
        state: "state" optional word(ExclusionState),
    }

    DescribeFlowLogs {
        logs: "flowLogSet" optional records(ListedFlowLog),
    }

    ListedFlowLog {
        resource: "resourceId" optional text,
        status: "flowLogStatus" optional text,
        delivery: "deliverLogsStatus" optional text,
        traffic: "trafficType" optional word(TrafficType),
    }

    DescribeVpcPeeringConnections {
        peerings: "vpcPeeringConnectionSet" optional records(ListedPeering),
    }

    ListedPeering {
        id: "vpcPeeringConnectionId" optional text,
        accepter: "accepterVpcInfo" optional record(Peer),
        requester: "requesterVpcInfo" optional record(Peer),
    }

    Peer {
        vpc: "vpcId" optional text,
        owner: "ownerId" optional text,
        region: "region" optional text,
        cidrs: "cidrBlockSet" optional records(PeerCidr),
        cidrs6: "ipv6CidrBlockSet" optional records(PeerCidr6),
    }

    PeerCidr {
        cidr: "cidrBlock" optional text,
    }

    PeerCidr6 {
        cidr: "ipv6CidrBlock" optional text,
    }

    DescribeVpcEndpoints {
        endpoints: "vpcEndpointSet" optional records(ListedEndpoint),
    }

    ListedEndpoint {
        vpc: "vpcId" optional text,
        service: "serviceName" optional text,
        state: "state" optional text,
    }

    DescribeTransitGateways {
        gateways: "transitGatewaySet" optional records(ListedTransitGateway),
    }

    ListedTransitGateway {
        id: "transitGatewayId" optional text,
        owner: "ownerId" optional text,
        state: "state" optional text,
        options: "options" optional record(TransitOptions),
        tags: "tagSet" optional records(Tag),
    }

    TransitOptions {
        accepts: "autoAcceptSharedAttachments" optional word(Switch),
    }

    DescribeVpnConnections {
        vpns: "vpnConnectionSet" optional records(ListedVpn),
    }

    ListedVpn {
        id: "vpnConnectionId" optional text,
        state: "state" optional text,
        options: "options" optional record(VpnOptions),
        telemetry: "vgwTelemetry" optional records(Telemetry),
        tags: "tagSet" optional records(Tag),
    }

    VpnOptions {
        tunnels: "tunnelOptionSet" optional records(TunnelOption),
    }

    TunnelOption {
        address: "outsideIpAddress" optional text,
        logs: "logOptions" optional record(TunnelLogs),
    }

    TunnelLogs {
        cloud_watch: "cloudWatchLogOptions" optional record(CloudWatchLogs),
    }

    CloudWatchLogs {
        enabled: "logEnabled" optional flag,
    }

    Telemetry {
        address: "outsideIpAddress" optional text,
        status: "status" optional word(TunnelStatus),
    }

    DescribeClientVpnEndpoints {
        endpoints: "clientVpnEndpoint" optional records(ListedClientVpn),
    }

    ListedClientVpn {
        id: "clientVpnEndpointId" optional text,
        status: "status" optional record(ClientVpnStatus),
        logs: "connectionLogOptions" optional record(ConnectionLogs),
        tags: "tagSet" optional records(Tag),
    }

    ClientVpnStatus {
        code: "code" optional text,
    }

    ConnectionLogs {
        enabled: "Enabled" optional flag,
    }
}

/// As many as a page of most of these lists can have.
const FULL: &[(&str, Constant)] = &[("MaxResults", Constant::Whole(1_000))];
/// With what services of AWS manage in the account, which is hidden where an account set it so.
const MANAGED: &[(&str, Constant)] =
    &[("IncludeManagedResources", Constant::Flag(true)), ("MaxResults", Constant::Whole(1_000))];
const HUNDRED: &[(&str, Constant)] = &[("MaxResults", Constant::Whole(100))];

pub(crate) static LIST_INTERFACES: Operation<0, DescribeNetworkInterfaces<'_>> =
    Operation::new(&EC2, INTERFACES.name, "DescribeNetworkInterfaces")
        .given(MANAGED)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_INSTANCES: Operation<0, DescribeInstances<'_>> =
    Operation::new(&EC2, INSTANCES.name, "DescribeInstances")
        .given(MANAGED)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_VPCS: Operation<0, DescribeVpcs<'_>> =
    Operation::new(&EC2, VPCS.name, "DescribeVpcs").given(FULL).pages("NextToken", "nextToken");

pub(crate) static LIST_SUBNETS: Operation<0, DescribeSubnets<'_>> =
    Operation::new(&EC2, SUBNETS.name, "DescribeSubnets")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_TABLES: Operation<0, DescribeRouteTables<'_>> =
    Operation::new(&EC2, TABLES.name, "DescribeRouteTables")
        .given(HUNDRED)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_ACLS: Operation<0, DescribeNetworkAcls<'_>> =
    Operation::new(&EC2, ACLS.name, "DescribeNetworkAcls")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_GROUPS: Operation<0, DescribeSecurityGroups<'_>> =
    Operation::new(&EC2, GROUPS.name, "DescribeSecurityGroups")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static READ_PREFIXES: Operation<1, GetManagedPrefixListEntries<'_>> =
    Operation::new(&EC2, PREFIXES.name, "GetManagedPrefixListEntries")
        .takes(&["PrefixListId"])
        .given(HUNDRED)
        .pages("NextToken", "nextToken");

pub(crate) static READ_BLOCK: Operation<0, DescribeVpcBlockPublicAccessOptions<'_>> =
    Operation::new(&EC2, BLOCK.name, "DescribeVpcBlockPublicAccessOptions");

pub(crate) static LIST_EXCLUSIONS: Operation<0, DescribeVpcBlockPublicAccessExclusions<'_>> =
    Operation::new(&EC2, EXCLUSIONS.name, "DescribeVpcBlockPublicAccessExclusions")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_FLOW_LOGS: Operation<0, DescribeFlowLogs<'_>> =
    Operation::new(&EC2, FLOW_LOGS.name, "DescribeFlowLogs")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_PEERINGS: Operation<0, DescribeVpcPeeringConnections<'_>> =
    Operation::new(&EC2, PEERINGS.name, "DescribeVpcPeeringConnections")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_ENDPOINTS: Operation<0, DescribeVpcEndpoints<'_>> =
    Operation::new(&EC2, ENDPOINTS.name, "DescribeVpcEndpoints")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_TRANSIT_GATEWAYS: Operation<0, DescribeTransitGateways<'_>> =
    Operation::new(&EC2, TRANSIT_GATEWAYS.name, "DescribeTransitGateways")
        .given(FULL)
        .pages("NextToken", "nextToken");

pub(crate) static LIST_VPNS: Operation<0, DescribeVpnConnections<'_>> =
    Operation::new(&EC2, VPNS.name, "DescribeVpnConnections");

pub(crate) static LIST_CLIENT_VPNS: Operation<0, DescribeClientVpnEndpoints<'_>> =
    Operation::new(&EC2, CLIENT_VPNS.name, "DescribeClientVpnEndpoints")
        .given(FULL)
        .pages("NextToken", "nextToken");
