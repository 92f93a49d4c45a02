"""Makes in the local AWS server the networks that a world lists, in place of those that every region has by default.

What the server calls each part differs from the world; `make` returns its names, each with that of the world. The names of the world
tell which parts belong together: a part that a network brings along, such as its default group, has the name of the network."""


def clear(ec2):
    """Deletes the default network of a region with its parts. Returns what is left of it."""
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        id = gateway["InternetGatewayId"]
        for attachment in gateway["Attachments"]:
            ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=attachment["VpcId"])
        ec2.delete_internet_gateway(InternetGatewayId=id)
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        ec2.delete_vpc(VpcId=vpc["VpcId"])
    # AWS deletes it with the network, the server keeps it.
    return [acl["NetworkAclId"] for acl in ec2.describe_network_acls()["NetworkAcls"]]


def upper(item):
    """The names of a request: those of the answer with a capital letter, and lists without `Set`."""
    if isinstance(item, list):
        return [upper(one) for one in item]
    if isinstance(item, dict):
        return {name[0].upper() + name[1:]: upper(value) for name, value in item.items()}
    return item


def permission(rule, names):
    groups = [{"groupId": names[group["groupId"]]} for group in rule["groups"]]
    made = {**rule, "groups": [], "userIdGroupPairs": groups}
    return {name: value for name, value in upper(made).items() if value != []}


def named(item):
    return [{"Key": tag["key"], "Value": tag["value"]} for tag in item.get("tagSet", [])]


def make(ec2, lists):
    names = {}
    of = lambda action: lists.get(f"ec2:{action}", [])
    for vpc in of("DescribeVpcs"):
        made = ec2.create_vpc(CidrBlock=vpc["cidrBlock"])["Vpc"]["VpcId"]
        names[vpc["vpcId"]] = made
        if named(vpc):
            ec2.create_tags(Resources=[made], Tags=named(vpc))
        own = [{"Name": "vpc-id", "Values": [made]}]
        word = vpc["vpcId"].removeprefix("vpc-")
        [table] = ec2.describe_route_tables(Filters=own)["RouteTables"]
        names[f"rtb-{word}"] = table["RouteTableId"]
        [acl] = ec2.describe_network_acls(Filters=own)["NetworkAcls"]
        names[f"acl-{word}"] = acl["NetworkAclId"]
        [group] = ec2.describe_security_groups(Filters=own)["SecurityGroups"]
        listed = [one["groupId"] for one in of("DescribeSecurityGroups")]
        if f"sg-{word}" in listed:
            names[f"sg-{word}"] = group["GroupId"]
        else:
            ec2.delete_security_group(GroupId=group["GroupId"])
    for subnet in of("DescribeSubnets"):
        made = ec2.create_subnet(VpcId=names[subnet["vpcId"]], CidrBlock=subnet["cidrBlock"])
        names[subnet["subnetId"]] = made["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(
            SubnetId=names[subnet["subnetId"]],
            MapPublicIpOnLaunch={"Value": subnet["mapPublicIpOnLaunch"]},
        )
    for peering in of("DescribeVpcPeeringConnections"):
        made = ec2.create_vpc_peering_connection(
            VpcId=names[peering["requesterVpcInfo"]["vpcId"]],
            PeerVpcId=names[peering["accepterVpcInfo"]["vpcId"]],
        )
        id = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        names[peering["vpcPeeringConnectionId"]] = id
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    for table in of("DescribeRouteTables"):
        if table["routeTableId"] not in names:
            made = ec2.create_route_table(VpcId=names[table["vpcId"]])
            names[table["routeTableId"]] = made["RouteTable"]["RouteTableId"]
        id = names[table["routeTableId"]]
        for route in table["routeSet"]:
            to = route["destinationCidrBlock"]
            if peering := route.get("vpcPeeringConnectionId"):
                ec2.create_route(
                    RouteTableId=id, DestinationCidrBlock=to, VpcPeeringConnectionId=names[peering]
                )
            elif (gateway := route["gatewayId"]) != "local":
                if gateway not in names:
                    made = ec2.create_internet_gateway()["InternetGateway"]
                    names[gateway] = made["InternetGatewayId"]
                    ec2.attach_internet_gateway(
                        InternetGatewayId=names[gateway], VpcId=names[table["vpcId"]]
                    )
                ec2.create_route(RouteTableId=id, DestinationCidrBlock=to, GatewayId=names[gateway])
        for association in table["associationSet"]:
            if "subnetId" in association:
                ec2.associate_route_table(
                    RouteTableId=id, SubnetId=names[association["subnetId"]]
                )
    for acl in of("DescribeNetworkAcls"):
        if acl["networkAclId"] in names:
            continue
        made = ec2.create_network_acl(VpcId=names[acl["vpcId"]])["NetworkAcl"]["NetworkAclId"]
        names[acl["networkAclId"]] = made
        for entry in acl["entrySet"]:
            # The rule that denies the rest comes with each list.
            if entry["ruleNumber"] != 32767:
                ec2.create_network_acl_entry(NetworkAclId=made, **upper(entry))
        held = {
            association["SubnetId"]: association["NetworkAclAssociationId"]
            for one in ec2.describe_network_acls()["NetworkAcls"]
            for association in one["Associations"]
        }
        for association in acl["associationSet"]:
            ec2.replace_network_acl_association(
                AssociationId=held[names[association["subnetId"]]], NetworkAclId=made
            )
    for group in of("DescribeSecurityGroups"):
        if group["groupId"] not in names:
            made = ec2.create_security_group(
                GroupName=group["groupName"], Description="a group", VpcId=names[group["vpcId"]]
            )
            names[group["groupId"]] = made["GroupId"]
        rules = [permission(rule, names) for rule in group["ipPermissions"]]
        if rules:
            ec2.authorize_security_group_ingress(
                GroupId=names[group["groupId"]], IpPermissions=rules
            )
    cards = {card["networkInterfaceId"]: card for card in of("DescribeNetworkInterfaces")}
    for reservation in of("DescribeInstances"):
        [instance] = reservation["instancesSet"]
        [card] = instance["networkInterfaceSet"]
        card = cards[card["networkInterfaceId"]]
        [address] = card["privateIpAddressesSet"]
        [made] = ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            SubnetId=names[card["subnetId"]],
            PrivateIpAddress=address["privateIpAddress"],
            SecurityGroupIds=[names[group["groupId"]] for group in card["groupSet"]],
            TagSpecifications=[{"ResourceType": "instance", "Tags": named(instance)}],
        )["Instances"]
        names[instance["instanceId"]] = made["InstanceId"]
        [own] = made["NetworkInterfaces"]
        names[card["networkInterfaceId"]] = own["NetworkInterfaceId"]
        if "association" in card:
            [held] = ec2.describe_network_interfaces(
                NetworkInterfaceIds=[own["NetworkInterfaceId"]]
            )["NetworkInterfaces"]
            names[card["association"]["publicIp"]] = held["Association"]["PublicIp"]
    for log in of("DescribeFlowLogs"):
        ec2.create_flow_logs(
            ResourceIds=[names[log["resourceId"]]],
            ResourceType="VPC",
            TrafficType=log["trafficType"],
            LogDestinationType=log["logDestinationType"],
            LogDestination=log["logDestination"],
        )
    for endpoint in of("DescribeVpcEndpoints"):
        ec2.create_vpc_endpoint(
            VpcId=names[endpoint["vpcId"]],
            ServiceName=endpoint["serviceName"],
            VpcEndpointType=endpoint["vpcEndpointType"],
        )
    for gateway in of("DescribeTransitGateways"):
        made = ec2.create_transit_gateway(Options=upper(gateway["options"]))
        names[gateway["transitGatewayId"]] = made["TransitGateway"]["TransitGatewayId"]
    return names
