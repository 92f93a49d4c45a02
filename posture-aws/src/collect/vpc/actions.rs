//! What EC2 is asked about networks.

use posture_model::resource::{
    Account, FactId, InternetBlock, Kind, Machine, Network, NetworkAcl, NetworkInterface,
    SecurityGroup, Subnet, TransitGateway, VpnConnection,
};

use crate::entry::{Action, Holds, Per};

// What the internet reaches: each part of its way decides it.
const NI_ANYONE: FactId = NetworkInterface::OPEN_TO_ANYONE;
const NI_SOME: FactId = NetworkInterface::OPEN_TO_SOME;
const M_ANYONE: FactId = Machine::OPEN_TO_ANYONE;
const M_SOME: FactId = Machine::OPEN_TO_SOME;

pub(crate) const INTERFACES: Action = Action {
    name: "ec2:DescribeNetworkInterfaces",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeNetworkInterfacesResponse", &["networkInterfaceSet"]),
    lists: &[Kind::NetworkInterface],
    fills: &[
        NetworkInterface::ADDRESSES,
        NetworkInterface::MACHINE,
        NetworkInterface::TAGS,
        NetworkInterface::PRIVATE_ADDRESSES,
        NetworkInterface::NETWORK,
        NetworkInterface::SUBNET,
        NetworkInterface::GROUPS,
        NetworkInterface::FILTERS,
        NetworkInterface::ROUTES,
        Machine::ADDRESSES,
        SecurityGroup::ATTACHED,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 describe-network-interfaces --region {region}",
};

pub(crate) const INSTANCES: Action = Action {
    name: "ec2:DescribeInstances",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeInstancesResponse", &["reservationSet"]),
    lists: &[Kind::Machine],
    fills: &[
        Machine::IDENTITIES,
        Machine::TAGS,
        Machine::ADDRESSES,
        M_ANYONE,
        M_SOME,
        Account::DATA_REGIONS,
    ],
    command: "aws ec2 describe-instances --region {region}",
};

pub(crate) const VPCS: Action = Action {
    name: "ec2:DescribeVpcs",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeVpcsResponse", &["vpcSet"]),
    lists: &[Kind::Network],
    fills: &[Network::TAGS],
    command: "aws ec2 describe-vpcs --region {region}",
};

pub(crate) const SUBNETS: Action = Action {
    name: "ec2:DescribeSubnets",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeSubnetsResponse", &["subnetSet"]),
    lists: &[Kind::Subnet],
    fills: &[
        Subnet::AUTOMATIC_ADDRESSES,
        Subnet::TAGS,
        Network::UNRECORDED,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 describe-subnets --region {region}",
};

pub(crate) const TABLES: Action = Action {
    name: "ec2:DescribeRouteTables",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeRouteTablesResponse", &["routeTableSet"]),
    lists: &[],
    fills: &[
        Network::PEERS,
        Network::WIDE_PEER_ROUTES,
        NetworkInterface::ROUTES,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 describe-route-tables --region {region}",
};

pub(crate) const ACLS: Action = Action {
    name: "ec2:DescribeNetworkAcls",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeNetworkAclsResponse", &["networkAclSet"]),
    lists: &[Kind::NetworkAcl],
    fills: &[
        NetworkAcl::IS_DEFAULT,
        NetworkAcl::ATTACHED,
        NetworkAcl::OPEN_TO_ANYONE,
        NetworkAcl::FILTER,
        NetworkAcl::TAGS,
        NetworkInterface::FILTERS,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 describe-network-acls --region {region}",
};

pub(crate) const GROUPS: Action = Action {
    name: "ec2:DescribeSecurityGroups",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeSecurityGroupsResponse", &["securityGroupInfo"]),
    lists: &[Kind::SecurityGroup],
    fills: &[
        SecurityGroup::IS_DEFAULT,
        SecurityGroup::RULES,
        SecurityGroup::OPEN_TO_ANYONE,
        SecurityGroup::FILTER,
        SecurityGroup::TAGS,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 describe-security-groups --region {region}",
};

pub(crate) const PREFIXES: Action = Action {
    name: "ec2:GetManagedPrefixListEntries",
    // Once for each list that a rule or a route names.
    per: Per::UNFORESEEN,
    own: Holds::root("GetManagedPrefixListEntriesResponse", &["entrySet"]),
    lists: &[],
    fills: &[
        SecurityGroup::OPEN_TO_ANYONE,
        SecurityGroup::FILTER,
        NetworkInterface::ROUTES,
        NI_ANYONE,
        NI_SOME,
        M_ANYONE,
        M_SOME,
    ],
    command: "aws ec2 get-managed-prefix-list-entries --prefix-list-id <list> --region {region}",
};

pub(crate) const BLOCK: Action = Action {
    name: "ec2:DescribeVpcBlockPublicAccessOptions",
    per: Per::PLACE,
    own: Holds::root(
        "DescribeVpcBlockPublicAccessOptionsResponse",
        &["vpcBlockPublicAccessOptions"],
    ),
    lists: &[Kind::InternetBlock],
    fills: &[InternetBlock::BLOCKS_INGRESS, NI_ANYONE, NI_SOME, M_ANYONE, M_SOME],
    command: "aws ec2 describe-vpc-block-public-access-options --region {region}",
};

pub(crate) const EXCLUSIONS: Action = Action {
    name: "ec2:DescribeVpcBlockPublicAccessExclusions",
    // Only where something is blocked.
    per: Per::UNFORESEEN,
    own: Holds::root(
        "DescribeVpcBlockPublicAccessExclusionsResponse",
        &["vpcBlockPublicAccessExclusionSet"],
    ),
    lists: &[],
    fills: &[InternetBlock::EXCLUDED, NI_ANYONE, NI_SOME, M_ANYONE, M_SOME],
    command: "aws ec2 describe-vpc-block-public-access-exclusions --region {region}",
};

pub(crate) const FLOW_LOGS: Action = Action {
    name: "ec2:DescribeFlowLogs",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeFlowLogsResponse", &["flowLogSet"]),
    lists: &[],
    fills: &[Network::UNRECORDED, Network::REJECTS_RECORDED],
    command: "aws ec2 describe-flow-logs --region {region}",
};

pub(crate) const PEERINGS: Action = Action {
    name: "ec2:DescribeVpcPeeringConnections",
    // Only where a route leads to one.
    per: Per::UNFORESEEN,
    own: Holds::root("DescribeVpcPeeringConnectionsResponse", &["vpcPeeringConnectionSet"]),
    lists: &[],
    fills: &[Network::PEERS, Network::WIDE_PEER_ROUTES, NetworkInterface::ROUTES],
    command: "aws ec2 describe-vpc-peering-connections --region {region}",
};

pub(crate) const ENDPOINTS: Action = Action {
    name: "ec2:DescribeVpcEndpoints",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeVpcEndpointsResponse", &["vpcEndpointSet"]),
    lists: &[],
    fills: &[Network::ENDPOINTS],
    command: "aws ec2 describe-vpc-endpoints --region {region}",
};

pub(crate) const TRANSIT_GATEWAYS: Action = Action {
    name: "ec2:DescribeTransitGateways",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeTransitGatewaysResponse", &["transitGatewaySet"]),
    lists: &[Kind::TransitGateway],
    fills: &[TransitGateway::ACCEPTS_AUTOMATICALLY, TransitGateway::TAGS],
    command: "aws ec2 describe-transit-gateways --region {region}",
};

pub(crate) const VPNS: Action = Action {
    name: "ec2:DescribeVpnConnections",
    // It answers with all there is in one page.
    per: Per::PLACE,
    own: Holds::root("DescribeVpnConnectionsResponse", &["vpnConnectionSet"]),
    lists: &[Kind::VpnConnection],
    fills: &[
        VpnConnection::FOR_CLIENTS,
        VpnConnection::TUNNELS_DOWN,
        VpnConnection::UNLOGGED,
        VpnConnection::TAGS,
    ],
    command: "aws ec2 describe-vpn-connections --region {region}",
};

pub(crate) const CLIENT_VPNS: Action = Action {
    name: "ec2:DescribeClientVpnEndpoints",
    per: Per::PLACE.at_least(),
    own: Holds::root("DescribeClientVpnEndpointsResponse", &["clientVpnEndpoint"]),
    lists: &[Kind::VpnConnection],
    fills: &[
        VpnConnection::FOR_CLIENTS,
        VpnConnection::TUNNELS_DOWN,
        VpnConnection::UNLOGGED,
        VpnConnection::TAGS,
    ],
    command: "aws ec2 describe-client-vpn-endpoints --region {region}",
};
