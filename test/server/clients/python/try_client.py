"""The official Python client on our API: what its users do, and what they are told when it cannot be done.

Run by python-client.system.ts, which names the kubeconfig in KUBECONFIG.
"""

import json
import logging
import os
import queue
import threading
import unittest
from datetime import datetime, timezone

import yaml
from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError
from kubernetes.informer import SharedInformer
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

GROUP, VERSION, PLURAL = "streams.weirkeeper.dev", "v1alpha1", "streamapps"
TIDY = "streams.weirkeeper.dev/tidy"
CUSTOM = {"group": GROUP, "version": VERSION, "namespace": "default", "plural": PLURAL}


def stream_app(name, labels=None, **spec):
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "StreamApp",
        "metadata": {"name": name, "namespace": "default", **({"labels": labels} if labels else {})},
        "spec": {
            # One StreamApp runs an app.
            "app": f"a-{name}",
            "topology": {"operators": [{"name": "counts", "changelog": "compact", "sources": ["lines"]}]},
            "topics": [{"name": "lines", "partitions": 6}],
            **spec,
        },
    }


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        config.load_kube_config()

    def refused(self, code, reason, call, *args, **kwargs):
        """The message of the Status with which the server says no."""
        with self.assertRaises(ApiException) as caught:
            call(*args, **kwargs)
        body = caught.exception.body
        status = json.loads(body if isinstance(body, (str, bytes)) else json.dumps(body))
        self.assertEqual((caught.exception.status, status["kind"], status["reason"]), (code, "Status", reason))
        return status["message"]


class CustomObjects(Case):
    def setUp(self):
        self.apps = client.CustomObjectsApi()

    def create(self, name, **more):
        return self.apps.create_namespaced_custom_object(**CUSTOM, body=stream_app(name, **more))

    def get(self, name):
        return self.apps.get_namespaced_custom_object(**CUSTOM, name=name)

    def patch(self, name, body, **more):
        return self.apps.patch_namespaced_custom_object(**CUSTOM, name=name, body=body, **more)

    def test_create_and_read(self):
        created = self.create("made")
        self.assertEqual((created["metadata"]["generation"], created["metadata"]["finalizers"]), (1, [TIDY]))
        self.assertEqual(self.get("made"), created)
        self.refused(409, "AlreadyExists", self.create, "made")
        self.refused(404, "NotFound", self.get, "unmade")
        message = self.refused(422, "Invalid", self.create, "wrong", topics=[{"name": "lines", "partitions": 0}])
        self.assertIn("partitions must be 1 or more", message)

    def test_list_by_page_and_label(self):
        for number in range(3):
            self.create(f"page-{number}", labels={"of": "pages"})
        names, pages, more = [], 0, None
        while pages == 0 or more:
            options = {"_continue": more} if more else {}
            page = self.apps.list_namespaced_custom_object(**CUSTOM, label_selector="of=pages", limit=2, **options)
            names += [item["metadata"]["name"] for item in page["items"]]
            pages, more = pages + 1, page["metadata"].get("continue")
        self.assertEqual((pages, names), (2, ["page-0", "page-1", "page-2"]))

    def test_patch_and_replace(self):
        seen = self.create("changed")
        merged = self.patch("changed", {"spec": {"drift": "Warn"}}, field_manager="tester")
        self.assertEqual((merged["spec"]["drift"], merged["metadata"]["generation"]), ("Warn", 2))
        self.assertIn("tester", [entry["manager"] for entry in merged["metadata"]["managedFields"]])
        operations = [{"op": "replace", "path": "/spec/drift", "value": "Heal"}]
        by_json = self.patch("changed", operations, _content_type="application/json-patch+json")
        self.assertEqual(by_json["spec"]["drift"], "Heal")
        replace = self.apps.replace_namespaced_custom_object
        message = self.refused(409, "Conflict", replace, **CUSTOM, name="changed", body=seen)
        self.assertIn("the object has been modified", message)
        fresh = self.get("changed")
        fresh["spec"]["drift"] = "Warn"
        self.assertEqual(replace(**CUSTOM, name="changed", body=fresh)["spec"]["drift"], "Warn")
        dry = self.patch("changed", {"spec": {"drift": "Heal"}}, dry_run="All")
        self.assertEqual((dry["spec"]["drift"], self.get("changed")["spec"]["drift"]), ("Heal", "Warn"))

    def test_scale_and_status(self):
        self.create("scaled")
        named = {**CUSTOM, "name": "scaled"}
        self.apps.patch_namespaced_custom_object_scale(**named, body={"spec": {"replicas": 3}})
        self.assertEqual(self.apps.get_namespaced_custom_object_scale(**named)["spec"]["replicas"], 3)
        body = {"status": {"observedGeneration": 2}, "spec": {"drift": "Warn"}}
        told = self.apps.patch_namespaced_custom_object_status(**named, body=body)
        self.assertEqual(told["status"]["observedGeneration"], 2)
        self.assertEqual((told["spec"]["scaling"]["min"], told["spec"]["drift"]), (3, "Heal"))

    def test_watch(self):
        self.create("watched")
        since = self.apps.list_namespaced_custom_object(**CUSTOM)["metadata"]["resourceVersion"]
        self.patch("watched", {"metadata": {"labels": {"at": "once"}}})
        told = []
        watching = watch.Watch()
        options = {"resource_version": since, "field_selector": "metadata.name=watched", "timeout_seconds": 20}
        for event in watching.stream(self.apps.list_namespaced_custom_object, **CUSTOM, **options):
            metadata = event["object"]["metadata"]
            told.append((event["type"], metadata["labels"]["at"]))
            if len(told) == 1:  # each change answers what was told
                self.patch("watched", {"metadata": {"labels": {"at": "twice"}, "finalizers": ["example.com/mine"]}})
            elif len(told) == 2:
                self.apps.delete_namespaced_custom_object(**CUSTOM, name="watched")
            elif len(told) == 3:
                self.assertIn("deletionTimestamp", metadata)
                self.patch("watched", {"metadata": {"finalizers": None}})
            else:
                watching.stop()
        expected = [("MODIFIED", "once"), ("MODIFIED", "twice"), ("MODIFIED", "twice"), ("DELETED", "twice")]
        self.assertEqual(told, expected)
        self.refused(404, "NotFound", self.get, "watched")


class Core(Case):
    def setUp(self):
        self.core = client.CoreV1Api()

    def test_configmaps_and_secrets(self):
        body = client.V1ConfigMap(metadata=client.V1ObjectMeta(generate_name="settings-"), data={"a": "b"})
        made = self.core.create_namespaced_config_map("default", body)
        name = made.metadata.name
        self.assertRegex(name, "^settings-.+")
        self.assertIsInstance(made.metadata.creation_timestamp, datetime)
        patched = self.core.patch_namespaced_config_map(name, "default", {"data": {"c": "d"}})
        self.assertEqual(patched.data, {"a": "b", "c": "d"})
        self.refused(409, "Conflict", self.core.replace_namespaced_config_map, name, "default", made)
        secret = client.V1Secret(metadata=client.V1ObjectMeta(name="password"), string_data={"a": "b"})
        self.core.create_namespaced_secret("default", secret)
        kept = self.core.read_namespaced_secret("password", "default")
        self.assertEqual((kept.data, kept.type), ({"a": "Yg=="}, "Opaque"))
        self.core.delete_collection_namespaced_config_map("default")
        self.assertEqual(self.core.list_namespaced_config_map("default").items, [])
        self.core.delete_namespaced_secret("password", "default")
        self.assertEqual(self.core.list_secret_for_all_namespaces().items, [])

    def test_watch_typed(self):
        since = self.core.list_namespace().metadata.resource_version
        self.core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="watched")))
        watching = watch.Watch()
        for event in watching.stream(self.core.list_namespace, resource_version=since, timeout_seconds=20):
            self.assertEqual((event["type"], event["object"].metadata.name), ("ADDED", "watched"))
            self.assertIsInstance(event["object"], client.V1Namespace)
            watching.stop()
        self.core.delete_namespace("watched")

    def test_events(self):
        about = client.V1ObjectReference(kind="StreamApp", namespace="default", name="told-of")
        event = client.CoreV1Event(
            metadata=client.V1ObjectMeta(name="told-of.1"),
            involved_object=about,
            reason="Told",
            message="something",
            type="Normal",
            first_timestamp=datetime.now(timezone.utc),
        )
        self.core.create_namespaced_event("default", event)
        found = self.core.list_namespaced_event("default", field_selector="involvedObject.name=told-of")
        self.assertEqual([(one.reason, one.message) for one in found.items], [("Told", "something")])
        newer = client.EventsV1Api().list_namespaced_event("default").items
        self.assertEqual([one.note for one in newer if one.regarding.name == "told-of"], ["something"])

    def test_may_i(self):
        self.core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="team")))
        account = client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="bot"))
        self.core.create_namespaced_service_account("team", account)
        spec = client.V1TokenRequestSpec(audiences=[], expiration_seconds=3600)
        request = client.AuthenticationV1TokenRequest(spec=spec)
        token = self.core.create_namespaced_service_account_token("bot", "team", request).status.token
        with open(os.environ["KUBECONFIG"], encoding="utf8") as file:
            theirs = yaml.safe_load(file)
        theirs["users"][0]["user"]["token"] = token
        bot = config.new_client_from_config_dict(theirs)

        def may(verb):
            attributes = client.V1ResourceAttributes(verb=verb, group=GROUP, resource=PLURAL, namespace="team")
            review = client.V1SelfSubjectAccessReview(
                spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
            )
            return client.AuthorizationV1Api(bot).create_self_subject_access_review(review).status.allowed

        self.assertEqual((may("list"), may("delete")), (True, False))
        self.refused(403, "Forbidden", client.CoreV1Api(bot).list_namespaced_secret, "team")

    def test_discovery(self):
        groups = [group.name for group in client.ApisApi().get_api_versions().groups]
        self.assertIn(GROUP, groups)
        self.assertRegex(client.VersionApi().get_code().git_version, r"^v1\.")
        names = [crd.metadata.name for crd in client.ApiextensionsV1Api().list_custom_resource_definition().items]
        self.assertIn(f"{PLURAL}.{GROUP}", names)


class Dynamic(Case):
    def setUp(self):
        self.dynamic = dynamic.DynamicClient(client.ApiClient())
        self.apps = self.dynamic.resources.get(api_version=f"{GROUP}/{VERSION}", kind="StreamApp")

    def test_life(self):
        self.apps.create(body=stream_app("dynamic", labels={"of": "dynamic"}))
        merge = "application/merge-patch+json"
        patched = self.apps.patch(body=stream_app("dynamic", drift="Warn"), content_type=merge)
        self.assertEqual(patched.spec.drift, "Warn")
        found = self.apps.get(namespace="default", label_selector="of=dynamic")
        self.assertEqual([one.metadata.name for one in found.items], ["dynamic"])
        scale = {"metadata": {"name": "dynamic"}, "spec": {"replicas": 2}}
        self.apps.scale.patch(name="dynamic", namespace="default", body=scale, content_type=merge)
        self.assertEqual(self.apps.get(name="dynamic", namespace="default").spec.scaling.min, 2)
        self.assertEqual(self.apps.scale.get(name="dynamic", namespace="default").kind, "Scale")
        self.apps.delete(name="dynamic", namespace="default")
        body = {"metadata": {"finalizers": None}}
        self.apps.patch(name="dynamic", namespace="default", body=body, content_type=merge)
        with self.assertRaises(NotFoundError):
            self.apps.get(name="dynamic", namespace="default")

    def test_apply(self):
        self.apps.server_side_apply(body=stream_app("applied", drift="Warn"), field_manager="first")
        mine = stream_app("applied", drift="Heal")
        with self.assertRaises(ConflictError) as caught:
            self.apps.server_side_apply(body=mine, field_manager="second")
        self.assertIn('conflict with "first": .spec.drift', json.loads(caught.exception.body)["message"])
        forced = self.apps.server_side_apply(body=mine, field_manager="second", force_conflicts=True)
        owners = [one.manager for one in forced.metadata.managedFields if "f:drift" in str(one.fieldsV1.to_dict())]
        self.assertEqual(owners, ["second"])

    def test_watch_initial_events(self):
        self.apps.create(body=stream_app("listed"))
        options = {"send_initial_events": True, "resource_version_match": "NotOlderThan", "timeout": 20}
        watching = watch.Watch()
        told = []
        for event in self.apps.watch(namespace="default", watcher=watching, allow_watch_bookmarks=True, **options):
            told.append((event["type"], event["raw_object"]["metadata"].get("name")))
            if event["type"] == "BOOKMARK":
                self.assertEqual(event["raw_object"]["metadata"]["annotations"], {"k8s.io/initial-events-end": "true"})
                watching.stop()
        self.assertIn(("ADDED", "listed"), told)
        self.assertEqual({kind for kind, _ in told[:-1]}, {"ADDED"})


class Watched(LeaseLock):
    """A lock that notes when it was renewed."""

    def __init__(self):
        super().__init__("lead", "default", "me")
        self.renewed = threading.Event()

    def update(self, *args, **kwargs):
        if super().update(*args, **kwargs):
            self.renewed.set()
            return True
        return False


class Leadership(Case):
    def test_lease(self):
        lock, stopped = Watched(), threading.Event()

        def lead():
            lock.renewed.wait(20)
            raise InterruptedError("the work is done")  # the only way to step down

        times = {"lease_duration": 3, "renew_deadline": 2, "retry_period": 1}
        plan = electionconfig.Config(lock, **times, onstarted_leading=lead, onstopped_leading=stopped.set)
        # In this thread: one that still runs when Python ends would now and then crash it.
        with self.assertLogs("leaderelection", level="ERROR"):
            leaderelection.LeaderElection(plan).run()
        self.assertEqual((lock.renewed.is_set(), stopped.is_set()), (True, True))
        spec = client.CoordinationV1Api().read_namespaced_lease("lead", "default").spec
        self.assertEqual((spec.holder_identity, spec.lease_duration_seconds), ("me", 3))


class Informing(Case):
    def test_informer(self):
        maps = client.CoreV1Api()
        told = queue.Queue()
        informer = SharedInformer(maps.list_namespaced_config_map, namespace="default", label_selector="of=informer")
        for verb in ("ADDED", "MODIFIED", "DELETED"):
            informer.add_event_handler(verb, lambda one, verb=verb: told.put((verb, one.metadata.name)))
        informer.start()
        try:
            metadata = client.V1ObjectMeta(name="informed", labels={"of": "informer"})
            maps.create_namespaced_config_map("default", client.V1ConfigMap(metadata=metadata))
            self.assertEqual(told.get(timeout=20), ("ADDED", "informed"))
            maps.patch_namespaced_config_map("informed", "default", {"data": {"a": "b"}})
            self.assertEqual(told.get(timeout=20), ("MODIFIED", "informed"))
            self.assertEqual(informer.cache.get_by_key("default/informed").data, {"a": "b"})
            maps.delete_namespaced_config_map("informed", "default")
            self.assertEqual(told.get(timeout=20), ("DELETED", "informed"))
            self.assertEqual(informer.cache.list(), [])
        finally:
            logging.disable()  # it cuts its own connection, and tells of that as of an error
            informer.stop()
            logging.disable(logging.NOTSET)


if __name__ == "__main__":
    unittest.main(verbosity=2)
