"""What README.md says of the project, against the project: texts, names, numbers.

check() yields pairs: what was checked, and the problem or nothing.
"""

import re
import subprocess

LINE_WIDTH_MAX = 100


def help_of(job, *words):
    return subprocess.run([job, *words], text=True, capture_output=True, check=True).stdout


def exit_codes_of_help(text):
    """The table at the end of --help, whose meanings may run over several lines."""
    lines = text[text.index("Exit codes:"):].splitlines()[1:]
    rows = []
    for line in lines:
        found = re.match(r" {2,4}(\d+) {2}(.*)", line)
        if found:
            rows.append([found.group(1), found.group(2)])
        elif line.strip():
            rows[-1][1] += " " + line.strip()
    return [f"{code} {meaning}" for code, meaning in rows]


def table_of_codes(text, second_column):
    """The rows of the table with these two columns: [first, second]."""
    head = f"| exit code | {second_column} |\n|---|---|\n"
    rows = text[text.index(head) + len(head):].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def check_exit_codes(text, job):
    wanted = exit_codes_of_help(help_of(job, "--help"))
    found = [" ".join(row) for row in table_of_codes(text, "meaning")]
    codes = [row.split(" ", 1)[0] for row in wanted]
    told = sorted((code for first, _ in table_of_codes(text, "what to do")
                   for code in first.split(", ")), key=int)
    if wanted == found and told == codes:
        return ""
    return f"  --help: {wanted}\n  README: {found}\n  what to do after: {told}"


def check_options(text, job):
    """Every option and command that the text names is one."""
    overview = help_of(job, "--help")
    commands = re.findall(r"^  ([a-z]+)  ", overview, flags=re.M)
    known = set(re.findall(r"--[a-z-]+", overview))
    for command in commands:
        known |= set(re.findall(r"--[a-z-]+", help_of(job, "help", command)))
    problems = []
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for span in re.findall(r"`([^`]+)`", prose):
        words = span.split()
        if words[0] == "tierclose":
            words = words[1:]
            if words[0] not in commands + ["help"]:
                problems.append(f"  there is no command {words[0]}")
        if words[0] in commands or words[0].startswith("--"):
            problems += [f"  `{span}`: there is no option {word}" for word in words
                         if word.startswith("--") and word not in known]
    return "\n".join(problems)


def check_paths(root, text):
    """Every path of the checkout that the text names is there."""
    text = text.replace("-C build job/", "-C build ")  # what is built, not what is there
    names = set(re.findall(r"(?<![\w/.{$])((?:job|sql|config|tests)/[\w./-]*\w)", text))
    return "\n".join(f"  {name} is not there" for name in sorted(names)
                     if not (root / name).exists())


def check_layout(root, text):
    """The layout names every room; that what it names is there, check_paths sees to."""
    section = text[text.index("\n## Layout"):]
    rooms = [f"job/{path.name}" for path in (root / "job").iterdir() if path.is_dir()]
    found = set(re.findall(r"[\w/]+", section))
    return "\n".join(f"  {name} is missing" for name in sorted(rooms) + ["sql", "config", "tests"]
                     if name not in found)


def check_numbers(root, text):
    """Limits that the text states and the source defines."""
    limits = (
        ("job/ledger/events.h", r"LATE_MARGIN_HOURS = (\d+)", r"margin of (\d+) hours"),
        ("job/close/tally.h", r"ANOMALY_SAMPLES_MAX = (\d+)", r"up to (\d+) samples"),
        ("job/ledger/connection.h", r"SERVER_VERSION_MIN = (\d+)0000", r"at least (\d+)"),
    )
    problems = []
    for path, defined, stated in limits:
        source = re.search(defined, (root / path).read_text(encoding="utf-8"))
        readme = re.search(stated, " ".join(text.split()))
        if not source or not readme or source.group(1) != readme.group(1):
            problems.append(f"  {path}: {defined} and the text's '{stated}' differ")
    return "\n".join(problems)


def check_keys(root):
    """Every key that the loader takes is used in one of the programmes that ship."""
    keys = set()
    for path in (root / "job/config").glob("*.[ch]"):
        source = path.read_text(encoding="utf-8")
        keys |= set(re.findall(r'\{"([a-z_]+)", (?:true|false),', source))
    shipped = "".join(path.read_text(encoding="utf-8") for path in (root / "config").glob("*.yaml"))
    missing = [key for key in sorted(keys) if not re.search(rf"(?<![\w]){key}:", shipped)]
    return "" if keys and not missing else f"  in no programme: {missing}"


def check_width(text):
    """Tables apart: a row of one cannot be broken."""
    return "\n".join(f"  line {number} has {len(line)} columns"
                     for number, line in enumerate(text.splitlines(), 1)
                     if len(line) > LINE_WIDTH_MAX and not line.startswith("|"))


def check_links(text):
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
               for title in re.findall(r"^#+ (.*)$", text, flags=re.M)}
    return "\n".join(f"  there is no heading #{link}"
                     for link in re.findall(r"\]\(#([^)]*)\)", text) if link not in anchors)


def check_hints(root, text):
    """Messages send people to headings: `(README, Deploy)`."""
    wanted = set()
    for path in (root / "job").rglob("*.[ch]"):
        wanted |= set(re.findall(r"\(README, ([\w ]+)\)", path.read_text(encoding="utf-8")))
    titles = re.findall(r"^#+ (.*)$", text, flags=re.M)
    return "\n".join(f"  a message names the heading {name}" for name in wanted - set(titles))


def check_texts(root):
    """No message sends people to a paper that they do not have."""
    problems = []
    for path in sorted((root / "job").rglob("*.[ch]")):
        source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        problems += [f"  {path.relative_to(root)}: {found}"
                     for found in re.findall(r'"[^"\n]*\bcontract\b[^"\n]*"', source, flags=re.I)]
    return "\n".join(problems)


def check(root, text, job):
    yield "the exit codes are those of --help", check_exit_codes(text, job)
    yield "commands and options exist", check_options(text, job)
    yield "paths exist", check_paths(root, text)
    yield "the layout is complete", check_layout(root, text)
    yield "limits are those of the source", check_numbers(root, text)
    yield "every key stands in a programme that ships", check_keys(root)
    yield "lines fit", check_width(text)
    yield "links lead to headings", check_links(text)
    yield "headings that messages name exist", check_hints(root, text)
    yield "messages name nothing that is not here", check_texts(root)
