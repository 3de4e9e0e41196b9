"""The Kubernetes CronJob: its fields, what they must say, and what its container runs."""

import json
import pathlib

import jsonschema
import yaml

from cases import add_case, expect, expect_equal
from command import PROGRAMME_FILE, ZONE, expect_closes, expect_only_close, hopeless, text_of

SCHEMA = pathlib.Path(__file__).with_name("cronjob.schema.json")
SERVICE_FILE = "/run/tierclose/pg_service.conf"


def manifest():
    documents = list(yaml.safe_load_all(text_of("kubernetes/cronjob.yaml")))
    expect_equal(len(documents), 1, "documents")
    return documents[0]


def pod():
    return manifest()["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def try_schema():
    """Of batch/v1 as far as it is used; a field of another name or type is an error there too."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    problems = [f"{'/'.join(map(str, error.path))}: {error.message}"
                for error in jsonschema.Draft7Validator(schema).iter_errors(manifest())]
    expect_equal(problems, [], "cronjob.yaml")


def try_schedule():
    spec = manifest()["spec"]
    expect_equal((spec["schedule"], spec["timeZone"]), ("30 0 * * *", ZONE), "when")
    expect_equal(spec["concurrencyPolicy"], "Forbid", "two at once")
    rules = spec["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    expect_equal(set(rules[0]["onExitCodes"]["values"]), hopeless(), "codes that end the job")
    expect_equal(rules[0]["onExitCodes"]["containerName"], pod()["containers"][0]["name"],
                 "whose codes")
    expect(spec["jobTemplate"]["spec"]["backoffLimit"] > 0, "tries after a failure")


def try_access():
    """What the `restricted` pod security standard demands, and no token of the cluster."""
    own, container = pod()["securityContext"], pod()["containers"][0]["securityContext"]
    expect(own["runAsNonRoot"] and own["runAsUser"] > 0, "not as root")
    expect_equal(own["seccompProfile"], {"type": "RuntimeDefault"}, "system calls")
    expect(container["allowPrivilegeEscalation"] is False, "no way to more rights")
    expect(container["readOnlyRootFilesystem"] is True, "nothing to write")
    expect_equal(container["capabilities"], {"drop": ["ALL"]}, "capabilities")
    expect(pod()["automountServiceAccountToken"] is False, "no token")
    # YAML 1.1, which the cluster's tools read, takes 0440 for octal, as meant here.
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    expect_equal(volumes["database"]["secret"]["defaultMode"], 0o440, "mode of the secret")


def try_command():
    container = pod()["containers"][0]
    words = container["command"] + container["args"]
    expect_only_close("kubernetes", words)
    environment = {variable["name"]: variable["value"] for variable in container["env"]}
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    for path, volume in ((PROGRAMME_FILE, "programme"), (SERVICE_FILE, "database")):
        expect_equal(mounts.get(str(pathlib.PurePath(path).parent)), volume, f"mount of {path}")
    expect_equal(set(mounts.values()), {volume["name"] for volume in pod()["volumes"]}, "volumes")
    expect_closes("kubernetes", words, environment, SERVICE_FILE)


def register():
    add_case("the CronJob has fields of batch/v1 only", try_schema)
    add_case("the CronJob's schedule and tries", try_schedule)
    add_case("the CronJob's container may do little", try_access)
    add_case("the CronJob closes what is due", try_command)
