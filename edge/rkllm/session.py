"""Session: one model in the NPU's memory, and the thread on which every call to it is made but the request to stop.

rkllm_run blocks, run_async was unreliable, and a stop takes effect late. So a run is a job of this thread; whoever
wants its tokens takes them from a queue and leaves when they like, and what is still said then is dropped.
"""

from __future__ import annotations

import atexit
import ctypes
import logging
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from edge.errors import EdgeFailed, GenerationStuck
from edge.options import Adapter
from edge.rkllm.abi import GENERATE, PAUSE, TOKEN, LoraParam, PromptCacheParam, ResultCallback, SamplingParam
from edge.rkllm.errors import SecondModel
from edge.rkllm.heard import Hearing
from edge.rkllm.library import RkllmLibrary

LEAVE_S = 5.0  # how long the end of the program waits for a run to stop
log = logging.getLogger(__name__)
_one = threading.Lock()  # held by the session whose model is in memory


@dataclass(frozen=True, slots=True)
class Drawing:
    """How tokens are drawn, in the runtime's terms; ``top_k`` 1 takes the likeliest. There is no seed."""

    top_k: int
    top_p: float
    temperature: float
    repeat_penalty: float

    def write(self, target: Any) -> None:
        target.top_k, target.top_p = self.top_k, self.top_p
        target.temperature, target.repeat_penalty = self.temperature, self.repeat_penalty
        target.frequency_penalty = target.presence_penalty = 0.0
        target.mirostat, target.mirostat_tau, target.mirostat_eta = 0, 5.0, 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """One run: the prompt's ids, how many tokens may follow, and how they are drawn. ``adapter`` is a name of those
    loaded, "" for none; ``load`` a prompt cache to begin from, ``save`` a file to write one to. ``worth`` is how many
    tokens must not have been read where ``load`` was of use."""

    ids: tuple[int, ...]
    most: int
    drawing: Drawing
    adapter: str = ""
    load: Path | None = None
    save: Path | None = None
    worth: int = 0


@dataclass(frozen=True, slots=True)
class Loading:
    """What a model is loaded with. ``cpus`` are the processors' numbers that help the NPU, () for the runtime's own
    choice; ``drawing`` counts where the release takes none for each run."""

    model: Path
    context_tokens: int
    drawing: Drawing
    end_ids: frozenset[int]
    cpus: tuple[int, ...] = ()
    adapters: tuple[Adapter, ...] = ()


class Session:
    """Loads the model. Runs are begun by one caller at a time.

    Errors: SecondModel where one is loaded in this process already (two do not fit, and 1.3.0 ends the process over
    it); NpuLoadFailed.
    """

    def __init__(self, library: RkllmLibrary, loading: Loading) -> None:
        if not _one.acquire(blocking=False):
            raise SecondModel(
                "A model is in the NPU's memory already, and a second one does not fit.",
                "Close the first one: one Andon with one .rkllm model at a time. If it hangs, restart Andon.",
            )
        self.library = library
        self.loading = loading
        self._handle = 0
        self._hearing: Hearing | None = None  # of the run that is under way
        self._guard = threading.Lock()  # held while a run is asked to stop, so that the next one is not meant
        self._inside = False  # rkllm_run is being called
        self._adapter = ""
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        me = weakref.ref(self)  # the library holds the callback, which must not hold the session
        self._callback = ResultCallback(lambda result, number, state: _hear(me, result, number, state))
        self._number = 0
        self._thread = threading.Thread(target=_work, args=(self._jobs,), name="andon-npu", daemon=True)
        self._thread.start()
        try:
            self._do(self._open)
        except BaseException:
            self._jobs.put(None)
            _one.release()
            raise
        forgotten = (self._jobs, library, self._handle, self._callback)
        self._finalizer = weakref.finalize(self, _forget, *forgotten)
        self._finalizer.atexit = False
        atexit.register(_leave, me)  # after the first finalizer, so that it runs before those are switched off

    def begin(self, asked: Asked) -> Hearing:
        """Starts a run; what it says comes through the Hearing. The run before must be over (see ``wait``)."""
        hearing = Hearing(
            len(asked.ids), asked.most, self.loading.end_ids, pause_at_most=not self.library.abi.sampling_per_run
        )
        self._hearing = hearing
        self._jobs.put(lambda: self._run(asked, hearing))
        return hearing

    def stop(self, hearing: Hearing) -> None:
        """Ends a run, from any thread and at once for whoever listens: what it still says is dropped. Harmless when it
        is over."""
        hearing.stopped.set()
        self.ask_to_end(hearing)

    def ask_to_end(self, hearing: Hearing) -> None:
        """Asks the runtime alone to end a run; what it still says is heard. Returns at once, whatever the runtime does
        with it."""
        if not hearing.over.is_set():
            threading.Thread(target=self._abort, args=(hearing,), name="andon-npu-stop", daemon=True).start()

    def wait(self, cancelled: Callable[[], bool], until_s: float, look_s: float = 0.05) -> bool:
        """Waits for the run before; False when cancelled. Errors: GenerationStuck after ``until_s`` seconds."""
        hearing, left = self._hearing, until_s
        while hearing is not None and not hearing.over.wait(look_s):
            left -= look_s
            if cancelled():
                return False
            if left <= 0:
                raise GenerationStuck(
                    f"The NPU does not come back from {self.loading.model.name}.",
                    "Restart Andon; if it happens again, look after the rknpu driver (dmesg).",
                )
        return True

    def close(self, until_s: float) -> bool:
        """Frees the model when the run under way has stopped. False where that takes over ``until_s`` seconds: then it
        stays in memory until the run comes back. Harmless when repeated."""
        if self._hearing is not None:
            self.stop(self._hearing)
        self._finalizer()  # a job behind the run
        self._thread.join(until_s)
        if self._thread.is_alive():
            log.error("The NPU hangs in %s; the model stays in memory.", self.loading.model.name)
            return False
        atexit.unregister(_leave)  # there is never more than one
        return True

    def _do(self, job: Callable[[], None]) -> None:
        """``job`` on the thread of this session; waits for it and raises what it raised."""
        done, failed = threading.Event(), []

        def work() -> None:
            try:
                job()
            except BaseException as exc:  # noqa: BLE001  it belongs to the one who waits
                failed.append(exc)
            finally:
                done.set()

        self._jobs.put(work)
        done.wait()
        if failed:
            raise failed[0]

    def _open(self) -> None:
        param, given = self.library.default_param(), self.loading
        param.model_path, param.max_context_len = os.fsencode(given.model), given.context_tokens
        param.max_new_tokens = given.context_tokens  # each run has its own limit
        param.n_keep, param.skip_special_token, param.is_async = -1, True, False
        given.drawing.write(param)
        param.extend_param.embed_flash = 1  # word vectors stay on disk: hundreds of megabytes less memory
        if given.cpus:
            param.extend_param.enabled_cpus_num = len(given.cpus)
            param.extend_param.enabled_cpus_mask = sum(1 << cpu for cpu in given.cpus)
        self._handle = self.library.init(param, self._callback)
        try:
            self.library.set_raw_template(self._handle)
            for adapter in given.adapters:
                self.library.load_lora(self._handle, adapter.path, adapter.name, adapter.scale)
        except BaseException:
            self.library.destroy(self._handle)
            raise

    def _run(self, asked: Asked, hearing: Hearing) -> None:
        """One run, on this session's thread."""
        code = -1
        try:
            hearing.loaded = self._prepare(asked)
            code = self._call(asked, hearing)
            if hearing.loaded:
                self.library.release_prompt_cache(self._handle)
            if hearing.paused or hearing.stopped.is_set() or code != 0:
                self.library.clear(self._handle)  # else the next run would go on from this one
            if asked.save is not None and (hearing.stopped.is_set() or code != 0):
                asked.save.unlink(missing_ok=True)
        except EdgeFailed as failed:
            log.error("%s", failed)
            code = -1
        except Exception:  # whatever it is, this thread must go on
            log.exception("A run of the NPU failed.")
            code = -1
        finally:
            hearing.over.set()
            hearing.end(code)

    def _prepare(self, asked: Asked) -> bool:
        """Whether a prompt cache was loaded."""
        if asked.adapter != self._adapter:
            self.library.clear(self._handle)  # what was read with other weights
            self._adapter = asked.adapter
        return asked.load is not None and self.library.load_prompt_cache(self._handle, asked.load)

    def _call(self, asked: Asked, hearing: Hearing) -> int:
        abi = self.library.abi
        given, infer = abi.input(), abi.infer()
        ids = (ctypes.c_int32 * len(asked.ids))(*asked.ids)
        given.role, given.input_type = b"user", TOKEN
        given.payload.token.input_ids, given.payload.token.n_tokens = ids, len(ids)
        infer.mode, infer.keep_history = GENERATE, 0
        if asked.adapter:
            infer.lora_params = ctypes.pointer(LoraParam(asked.adapter.encode()))
        if asked.save is not None:
            infer.prompt_cache_params = ctypes.pointer(PromptCacheParam(1, os.fsencode(asked.save)))
        if abi.sampling_per_run:
            sampling = SamplingParam()
            asked.drawing.write(sampling)
            infer.sampling_params, infer.max_new_tokens = ctypes.pointer(sampling), asked.most
        with self._guard:
            self._number += 1
            self._inside = True
        try:
            if hearing.stopped.is_set():
                return 0  # nobody listens any more
            return self.library.run(self._handle, given, infer, self._number)
        finally:
            with self._guard:
                self._inside = False

    def _abort(self, hearing: Hearing) -> None:
        with self._guard:
            if self._inside and self._hearing is hearing:
                self.library.abort(self._handle)


def _hear(me: weakref.ref[Session], result: Any, number: int | None, state: int) -> int:
    """The callback. Nothing may be raised into the library."""
    try:
        session = me()
        if session is None or session._hearing is None or number != session._number:
            return PAUSE  # of a run that nobody knows any more
        return session._hearing.hear(result.contents, state)
    except BaseException:
        log.exception("The NPU's callback failed.")
        return PAUSE


def _work(jobs: SimpleQueue[Callable[[], None] | None]) -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # it holds the session


def _forget(jobs: SimpleQueue[Callable[[], None] | None], library: RkllmLibrary, handle: int, callback: Any) -> None:
    """Frees the model of a session that was closed, or that nobody holds any more. ``callback`` stays until then."""

    def free() -> None:
        try:
            library.destroy(handle)
        finally:
            _one.release()

    jobs.put(free)
    jobs.put(None)


def _leave(me: weakref.ref[Session]) -> None:
    """The program ends: the model goes before the interpreter does, if it can."""
    session = me()
    if session is not None:
        session.close(LEAVE_S)
