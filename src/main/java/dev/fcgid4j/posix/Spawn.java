/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a process with {@code posix_spawn}: as the leader of its own process group, with default signal handlers, an
 * empty signal mask, and only the descriptors 0, 1 and 2.
 *
 * <p>Threading: any thread; the call returns when the program has been executed, or has failed to.
 */
public final class Spawn {

    private static final short SETPGROUP = 0x02;
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final int ACTIONS_SIZE = 256;
    private static final int ATTRIBUTES_SIZE = 1024;
    private static final int SIGSET_SIZE = 128;

    static {
        Native.register(Spawn.class, NativeLibrary.getProcess());
    }

    private Spawn() {}

    private static native int posix_spawn(
            Pointer pid, Pointer path, Pointer actions, Pointer attributes, Pointer argv, Pointer environment);

    private static native int posix_spawn_file_actions_init(Pointer actions);

    private static native int posix_spawn_file_actions_destroy(Pointer actions);

    private static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

    private static native int posix_spawn_file_actions_addclose(Pointer actions, int fd);

    private static native int posix_spawn_file_actions_addchdir_np(Pointer actions, Pointer path);

    private static native int posix_spawnattr_init(Pointer attributes);

    private static native int posix_spawnattr_destroy(Pointer attributes);

    private static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    private static native int posix_spawnattr_setpgroup(Pointer attributes, int group);

    private static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

    private static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

    private static native int sigemptyset(Pointer set);

    private static native int sigfillset(Pointer set);

    /** The program to start, its arguments, its whole environment ("NAME=value") and its working directory. */
    public record Program(String path, List<String> argv, List<String> environment, String directory) {}

    /** The scheduling policy of a process. */
    public enum Scheduling {
        /** The policy of the parent. */
        NORMAL,
        /** SCHED_BATCH, where the system permits it. */
        BATCH
    }

    /** The descriptors that 0, 1 and 2 of the process are copied from. */
    public record Standard(int in, int out, int err) {}

    /**
     * Starts a program.
     *
     * @return the process id, which is also the id of its group
     * @throws PosixException as {@code execve} would fail: ENOENT, EACCES, ENOEXEC …
     */
    public static int start(Program program, Standard standard, Scheduling scheduling) throws PosixException {
        int pid = start(program, standard);
        if (scheduling == Scheduling.BATCH) {
            BatchScheduling.apply(pid);
        }
        return pid;
    }

    private static int start(Program program, Standard standard) throws PosixException {
        Memory actions = new Memory(ACTIONS_SIZE);
        Memory attributes = new Memory(ATTRIBUTES_SIZE);
        List<Memory> kept = new ArrayList<>();
        ok("posix_spawn_file_actions_init", posix_spawn_file_actions_init(actions));
        ok("posix_spawnattr_init", posix_spawnattr_init(attributes));
        try {
            fillActions(actions, program, standard, kept);
            fillAttributes(attributes);
            Memory pid = new Memory(4);
            Memory path = text(program.path(), kept);
            Memory argv = array(program.argv(), kept);
            Memory environment = array(program.environment(), kept);
            ok("posix_spawn(" + program.path() + ")", posix_spawn(pid, path, actions, attributes, argv, environment));
            return pid.getInt(0);
        } finally {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
            kept.clear(); // keeps the buffers reachable until here
        }
    }

    private static void fillActions(Memory actions, Program program, Standard standard, List<Memory> kept)
            throws PosixException {
        ok("adddup2", posix_spawn_file_actions_adddup2(actions, standard.in(), 0));
        ok("adddup2", posix_spawn_file_actions_adddup2(actions, standard.out(), 1));
        ok("adddup2", posix_spawn_file_actions_adddup2(actions, standard.err(), 2));
        if (CloseFrom.AVAILABLE) {
            ok("addclosefrom_np", CloseFrom.posix_spawn_file_actions_addclosefrom_np(actions, 3));
        } else {
            for (int fd : CloseFrom.openAbove(2)) {
                ok("addclose", posix_spawn_file_actions_addclose(actions, fd));
            }
        }
        ok("addchdir_np", posix_spawn_file_actions_addchdir_np(actions, text(program.directory(), kept)));
    }

    private static void fillAttributes(Memory attributes) throws PosixException {
        Memory all = new Memory(SIGSET_SIZE);
        Memory none = new Memory(SIGSET_SIZE);
        sigfillset(all);
        sigemptyset(none);
        ok("setflags", posix_spawnattr_setflags(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK)));
        ok("setpgroup", posix_spawnattr_setpgroup(attributes, 0));
        ok("setsigdefault", posix_spawnattr_setsigdefault(attributes, all));
        ok("setsigmask", posix_spawnattr_setsigmask(attributes, none));
    }

    private static Memory text(String value, List<Memory> kept) {
        Memory memory = LibC.text(value);
        kept.add(memory);
        return memory;
    }

    private static Memory array(List<String> words, List<Memory> kept) {
        Memory memory = new Memory(8L * (words.size() + 1));
        for (int i = 0; i < words.size(); i++) {
            memory.setPointer(8L * i, text(words.get(i), kept));
        }
        memory.setPointer(8L * words.size(), Pointer.NULL);
        kept.add(memory);
        return memory;
    }

    private static void ok(String call, int errno) throws PosixException {
        if (errno != 0) {
            throw LibC.failure(call, errno);
        }
    }
}
