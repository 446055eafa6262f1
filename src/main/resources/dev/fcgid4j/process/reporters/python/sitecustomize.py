# SPDX-License-Identifier: Apache-2.0
# Notes each source file that Python loads in the file that FCGID_WATCH_FILE names, before it is read. Must never disturb
# the program: no output, no exception, and the site's own sitecustomize is run as if this one weren't there.
import sys

def _fcgid4j():
    import _frozen_importlib_external as external
    import os
    import time
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    kept = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != here]
    if kept:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    else:
        os.environ.pop("PYTHONPATH", None)
    notes = os.environ.get("FCGID_WATCH_FILE")
    if not notes or os.environ.get("FCGID_WATCH_PID", str(os.getpid())) != str(os.getpid()):
        return
    os.environ["FCGID_WATCH_PID"] = str(os.getpid())  # programs that this one starts report nothing
    if not os.access(notes, os.W_OK):
        return
    seen = {}
    start = time.time_ns()

    def note(path, after=False):
        try:
            path = os.path.abspath(path)
            now = start if after else time.time_ns()
            stat = os.stat(path)
            mark = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
            if "\n" in path or seen.get(path) == mark:
                return
            content = ""
            if not after and now - stat.st_ctime_ns < 50_000_000:  # too young for its times to prove anything
                value = 0x811C9DC5
                with open(path, "rb") as source:
                    for byte in source.read():
                        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
                content = "%08x" % value
            line = "\t".join([str(now)] + [str(number) for number in mark] + [content, path]) + "\n"
            descriptor = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            try:
                os.write(descriptor, os.fsencode(line))
            finally:
                os.close(descriptor)
            seen[path] = mark
        except Exception:
            pass  # a reporter never disturbs

    # Python takes a compiled file for that of a source with the same second and size. One that was made before the
    # source's last change goes, and of a source younger than that second none is made.
    stable = (os.path.dirname(os.__file__), "/usr/lib/python3/")

    def load(loader, fullname, original=external.SourceLoader.get_code):
        path = getattr(loader, "path", "")
        note(path)
        kept = sys.dont_write_bytecode
        try:
            if not path.startswith(stable):
                stat = os.stat(path)
                compiled = external.cache_from_source(path)
                try:
                    if os.stat(compiled).st_mtime_ns <= stat.st_ctime_ns:
                        os.unlink(compiled)
                except OSError:
                    pass
                if time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) < 2_000_000_000:
                    sys.dont_write_bytecode = True
        except Exception:
            pass
        try:
            return original(loader, fullname)
        finally:
            sys.dont_write_bytecode = kept

    # Compiled under the name of the import machinery, so that tracebacks leave its frame out as they do the others.
    names = {"load": load}
    exec(compile(
        "def get_code(self, fullname):\n"
        "    return load(self, fullname)\n",
        "<frozen importlib._bootstrap_external>", "exec"), names)
    external.SourceLoader.get_code = names["get_code"]
    for module in list(sys.modules.values()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        if origin and origin.endswith(".py") and not origin.startswith(here):
            note(origin, True)
    for argument in getattr(sys, "orig_argv", [])[1:]:
        if not argument.startswith("-"):
            if os.path.isfile(argument):
                note(argument)
            break

try:
    _fcgid4j()
except Exception:
    pass
finally:
    del _fcgid4j

# The site's own, found on what is left of the path.
def _fcgid4j_next():
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    return spec.loader.exec_module, module

_fcgid4j_found = _fcgid4j_next()
if _fcgid4j_found:
    _fcgid4j_found[0](_fcgid4j_found[1])
