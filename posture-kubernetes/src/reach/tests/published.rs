//! Questions about services and ingresses.

use super::*;

const SERVICES: &str = "---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  selector: {app: db}
  ports:
  - {name: sql, port: 3306, targetPort: sql}
  - {name: admin, port: 81, targetPort: 9090}
  - {name: dns, port: 53, protocol: UDP}
  - {name: lost, port: 82, targetPort: none}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: bank}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 1, targetPort: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com, selector: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: by-hand, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: nobody, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, namespace: bank}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: store, namespace: shop}
spec:
  rules:
  - http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: db, port: {name: sql}}}}
      - {path: /x, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
      - {path: /y, pathType: Prefix, backend: {service: {name: db, port: {number: 1234}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: lost, namespace: shop}
spec: {defaultBackend: {service: {name: gone, port: {number: 80}}}}
";

fn with_services() -> Scope {
    cluster(&(shop() + SERVICES))
}

fn answers(scope: &Scope, from: &str, to: &str, port: &str) -> Vec<Answer> {
    let connections = Connections::of(scope);
    let asked = if port.is_empty() { Asked::Any } else { port.parse().unwrap() };
    let from = connections.named(from).unwrap();
    let from = match &from {
        Named::Pods(all) => Sender::Pods(all),
        Named::Outside(other) => Sender::Outside(*other),
    };
    let published = connections.published(to);
    let [to] = published.as_slice() else { panic!("{to}: {published:?}") };
    connections.to_published(from, *to, &asked).unwrap()
}

/// Each answer: which pods, whether, and through what.
fn words(scope: &Scope, from: &str, to: &str, port: &str) -> Vec<String> {
    let each = answers(scope, from, to, port).into_iter().map(|answer| {
        let reaches = match answer.reaches {
            Tri::Yes => format!("yes {}", answer.allowed),
            Tri::No => format!("no {}", answer.because.unwrap_or_default()),
            Tri::Unknown(why) => format!("open: {}", why.join("; ")),
        };
        let through = answer.through.map(|it| format!(" by {it}")).unwrap_or_default();
        format!("{}: {}{through}", answer.to, reaches.trim())
    });
    each.collect()
}

#[test]
fn policies_see_the_port_of_the_pods_and_not_that_of_the_service() {
    let scope = with_services();
    let of = |from, to, port| words(&scope, from, to, port);
    let sql = ["Pod/shop/db-2: yes TCP 5432 by Service/shop/db TCP 3306"];
    assert_eq!(of("shop/web-1", "Service/shop/db", "3306"), sql);
    assert_eq!(of("shop/web-1", "svc/db", "sql"), sql);
    assert_eq!(of("shop/web-1", "Service/shop/db", "tcp/sql"), sql);
    assert_eq!(
        of("bank/web-3", "Service/shop/db", "3306"),
        ["Pod/shop/db-2: no by Service/shop/db TCP 3306"]
    );
    // The policy allows port 5432 of the pod, which no port of the Service has as its number.
    assert_eq!(
        of("shop/web-1", "Service/shop/db", "5432"),
        ["Service/shop/db: no Service/shop/db does not have this port"]
    );
    assert_eq!(
        of("shop/web-1", "Service/shop/db", "81"),
        ["Pod/shop/db-2: no by Service/shop/db TCP 81"]
    );
    assert_eq!(
        of("shop/web-1", "Service/shop/db", "udp/53"),
        ["Pod/shop/db-2: no by Service/shop/db UDP 53"]
    );
    assert_eq!(
        of("shop/web-1", "Service/shop/db", "82"),
        [
            "Service/shop/db: no Service/shop/db selects no pod with a port of the name that it leads to"
        ]
    );
    assert_eq!(of("shop/web-1", "Service/shop/db", "udp/sql"), [""; 0]);
    assert_eq!(of("shop/web-1", "Service/shop/db", "unnamed"), [""; 0]);
    // One answer for each port.
    assert_eq!(of("shop/web-1", "Service/shop/db", "").len(), 3);
    // The selector is one of its own namespace: `shop` has pods of this label as well.
    assert_eq!(
        of("shop/web-1", "Service/bank/web", "80"),
        ["Pod/bank/web-3: yes TCP 8080 by Service/bank/web TCP 80"]
    );
}

#[test]
fn services_without_a_cluster_address_or_a_selector_lead_elsewhere() {
    let scope = with_services();
    let of = |to: &str, port: &str| words(&scope, "shop/web-1", to, port);
    let sql = |port| [format!("Pod/shop/db-2: {port} by Service/shop/headless")];
    assert_eq!(of("Service/shop/headless", "5432"), sql("yes TCP 5432"));
    assert_eq!(of("Service/shop/headless", "1"), sql("no"));
    assert_eq!(
        of("Service/shop/headless", "sql"),
        ["Pod/shop/db-2: yes TCP 5432 by Service/shop/headless TCP 1"]
    );
    let why = |name: &str, port: &str| of(&format!("Service/shop/{name}"), port).join(" ");
    assert!(
        why("alias", "80").contains("no Service/shop/alias is an alias"),
        "{}",
        why("alias", "")
    );
    assert!(why("by-hand", "80").contains("open: Service/shop/by-hand has no selector"));
    assert!(why("nobody", "80").contains("no Service/shop/nobody selects no pod"));
}

#[test]
fn what_was_not_read_may_be_behind_a_service_or_an_ingress() {
    let denied = |list: &str, without: &str| {
        let all = shop() + SERVICES;
        let kept = all.split("---\n").filter(|one| without.is_empty() || !one.contains(without));
        let text = format!("{SHOP}{PLUGIN}---\n{}", kept.collect::<Vec<_>>().join("---\n"));
        let mut inventory = inventory(Origin::Cluster, &text);
        let action = ACTIONS.iter().find(|one| one.name == list).unwrap();
        inventory.unread(action, Gap::new(list, "", Reason::Denied));
        saved(inventory)
    };
    let open = |scope: &Scope, to: &str| {
        let found = words(scope, "internet", to, "");
        assert!(!found.is_empty());
        assert!(found.iter().all(|one| one.contains("open: ")), "{found:?}");
    };
    open(&denied("list pods", "kind: Pod"), "Service/shop/db");
    // Pods that were read do not show that there are no others.
    let some = words(&denied("list pods", ""), "bank/web-3", "Service/shop/db", "3306");
    assert!(some.iter().any(|one| one.starts_with("Pod/shop/db-2: no")), "{some:?}");
    assert!(some.iter().any(|one| one.contains("open: ")), "{some:?}");
    open(&denied("list services", "kind: Service"), "Ingress/bank/site");
    open(&denied("list services", "kind: Service"), "Ingress/shop/lost");
}

#[test]
fn the_controller_of_an_ingress_opens_the_connections() {
    let scope = with_services();
    let of = |from, to| words(&scope, from, to, "");
    // No policy isolates the pods in `bank`, so that any controller of the Ingress reaches them.
    let [site] =
        of("internet", "Ingress/bank/site").try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert!(site.starts_with("Pod/bank/web-3: yes TCP 8080 with "), "{site}");
    assert!(site.ends_with(" by Ingress/bank/site, Service/bank/web TCP 80"), "{site}");
    let [answer] = of("internet", "ing/store").try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert!(answer.contains("open: the ingress controller opens the connection"), "{answer}");
    assert_eq!(
        of("shop/web-1", "Ingress/shop/store"),
        ["Pod/shop/db-2: yes TCP 5432 by Ingress/shop/store, Service/shop/db TCP 3306"]
    );
    assert_eq!(
        of("bank/web-3", "Ingress/shop/store"),
        ["Pod/shop/db-2: no by Ingress/shop/store, Service/shop/db TCP 3306"]
    );
    assert_eq!(
        of("internet", "Ingress/shop/lost"),
        ["Ingress/shop/lost: no Service gone does not exist"]
    );
}

#[test]
fn what_manifests_do_not_hold_may_be_elsewhere() {
    let text = format!("{SHOP}{}{SERVICES}", shop());
    let scope = saved(inventory(Origin::Manifests, &text));
    let mut scope = scope;
    scope.level = Level::Manifests;
    let of = |to| words(&scope, "shop/web-1", to, "").join(" ");
    assert!(of("Service/shop/nobody").contains("open: "), "{}", of("Service/shop/nobody"));
    assert!(of("Ingress/shop/lost").contains("open: "), "{}", of("Ingress/shop/lost"));
}

#[test]
fn a_template_may_have_more_labels_than_it_shows() {
    let text = "---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: shop}
spec: {selector: {app: api, statefulset.kubernetes.io/pod-name: api-0}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
spec: {selector: {app: api, tier: back}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: {matchLabels: {app: api}}, ingress: [{}]}
";
    let scope = cluster(&(shop() + text));
    let first = words(&scope, "shop/web-1", "Service/shop/first", "80");
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(first[0].contains("open: it may not select"), "{first:?}");
    let answer = &answers(&scope, "shop/web-1", "Service/shop/first", "80")[0];
    assert_eq!((answer.allowed.as_str(), answer.undecided.as_str()), ("", "TCP 80"));
    let other = words(&scope, "shop/web-1", "Service/shop/other", "80");
    assert!(other[0].contains("selects no pod"), "{other:?}");
}
