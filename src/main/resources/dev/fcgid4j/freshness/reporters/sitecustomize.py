# SPDX-License-Identifier: Apache-2.0
# Tells the process manager which files Python loads: one line each, appended to the file that FCGID_WATCH_FILE names.
# Found through PYTHONPATH. Says nothing, throws nothing, and makes way for the site's own sitecustomize.
import sys


def _install():
    import io
    import os
    import time
    import zipimport
    import _frozen_importlib_external as external

    target = os.environ.get("FCGID_WATCH_FILE")
    pid = str(os.getpid())
    if not target or os.environ.get("FCGID_WATCH_PID", pid) != pid:
        return
    append = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
    os.close(os.open(target, append))
    # So that programs this one starts stay silent, and one it becomes by exec doesn't.
    os.environ["FCGID_WATCH_PID"] = pid
    known = {}

    def fnv1a(path):
        """The hash of the first MiB of a file that is too young for its times to tell it from another version."""
        value = 0x811C9DC5
        with open(path, "rb") as source:
            for byte in source.read(1 << 20):
                value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
        return b"%08x" % value

    def report(path):
        try:
            path = os.fsencode(path)
            if not path.startswith(b"/"):
                path = os.path.join(os.getcwdb(), path)
            if b"\n" in path:
                return
            now = time.time_ns()
            s = os.stat(path)
            if s.st_mode & 0o170000 != 0o100000:
                return
            facts = (s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino)
            if known.get(path) == facts:
                return
            known[path] = facts
            content = fnv1a(path) if now - s.st_ctime_ns < 50_000_000 else b""
            line = b"%d\t%d\t%d\t%d\t%d\t%s\t%s\n" % ((now,) + facts + (content, path))
            fd = os.open(target, append)
            try:
                os.write(fd, line)
            finally:
                os.close(fd)
        except Exception:
            pass

    def reporting(owner, name, path_of, frame):
        """Makes owner.name report a file first; its frame looks like one of those that tracebacks leave out."""
        original = getattr(owner, name)

        def function(*args, **kwargs):
            try:
                report(path_of(args))
            except Exception:
                pass
            return original(*args, **kwargs)

        function.__code__ = function.__code__.replace(co_filename=frame, co_name=name)
        for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(function, attribute, getattr(original, attribute))
        setattr(owner, name, function)

    bootstrap = "<frozen importlib._bootstrap_external>"
    # path_stats is asked for a source file before it or its .pyc is read, and is off the stack when either is.
    reporting(external.SourceFileLoader, "path_stats", lambda args: args[1], bootstrap)
    # Python takes a .pyc for that of a source with the same second and size. For a source that is younger than a second,
    # or has changed since its .pyc was made, a time is given that fits no .pyc.
    stats = external.SourceFileLoader.path_stats
    own = os.path.dirname(os.__file__)

    def path_stats(self, path):
        found = stats(self, path)
        try:
            if not path.startswith((own, "/usr/lib/python3/")):
                s = os.stat(path)
                if time.time_ns() - max(s.st_mtime_ns, s.st_ctime_ns) < 2_000_000_000:
                    return {"mtime": time.time_ns() % 0xFFFFFFFF, "size": found["size"]}
                if os.stat(external.cache_from_source(path)).st_mtime_ns <= s.st_ctime_ns:
                    return {"mtime": time.time_ns() % 0xFFFFFFFF, "size": found["size"]}
        except Exception:
            pass
        return found

    path_stats.__code__ = path_stats.__code__.replace(co_filename=bootstrap)
    external.SourceFileLoader.path_stats = path_stats
    reporting(external.SourcelessFileLoader, "get_code", lambda args: args[0].path, bootstrap)
    reporting(external.ExtensionFileLoader, "create_module", lambda args: args[1].origin, bootstrap)

    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        if getattr(spec, "has_location", False) and spec.name != __name__:
            report(spec.origin)
    if getattr(sys, "argv", None) and sys.argv[0] not in ("", "-", "-c", "-m"):
        report(sys.argv[0])
    reporting(zipimport, "_read_directory", lambda args: args[0], "<frozen zipimport>")
    reporting(io, "open_code", lambda args: args[0], io.__file__)  # runpy.run_path


def _directory():
    return __file__.rpartition("/")[0]


if sys.version_info >= (3, 8):
    try:
        _install()
    except Exception:
        pass
sys.path[:] = [p for p in sys.path if p != _directory()]
sys.path_importer_cache.pop(_directory(), None)
del sys.modules[__name__]
import sitecustomize  # the site's own; when there is none, or it fails, that is for the caller to handle
