"""A visitor of Compare without a browser: speaks Streamlit's protocol, as a browser that runs on another machine.

It fetches the files that a browser fetches and uploads pictures. ``upload`` returns the seconds until everything has
arrived that a browser needs to draw both masks.
"""

import http.client
import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

_QUERY = "source=My+pictures"
_MASKS = ("compare_viewer_layer_a", "compare_viewer_layer_b")
_PATIENCE_SECONDS = 300


class WireVisitor:
    """One visitor with a session of its own.

    Args:
        url: address of the server.
        files: addresses of the scripts, styles and fonts that a browser fetches at its first visit.
    """

    def __init__(self, url: str, files: Sequence[str] = ()):
        self._host = urlsplit(url).netloc
        self._files = [urlsplit(file).path for file in files]
        self._cookie = self._token = self._session = self._uploader = ""
        self._known: set[str] = set()

    def __enter__(self) -> "WireVisitor":
        self._http = http.client.HTTPConnection(self._host, timeout=_PATIENCE_SECONDS)
        self._fetch("/compare")
        for file in self._files:
            self._fetch(file)
        self._fetch("/_stcore/health")
        self._fetch("/_stcore/host-config")
        self._stream = connect(
            f"ws://{self._host}/_stcore/stream",
            additional_headers={"Cookie": self._cookie, "Origin": f"http://{self._host}"},
            subprotocols=["streamlit", self._token],
            max_size=None,
            compression=None,
        )
        self._rerun()
        self._until_finished()
        return self

    def __exit__(self, *_) -> None:
        self._stream.close()
        self._http.close()

    def upload(self, picture: bytes) -> float:
        """Upload a picture in place of the one before; return the seconds until the masks of both models are here."""
        start, back = time.monotonic(), BackMsg()
        back.file_urls_request.request_id = uuid.uuid4().hex
        back.file_urls_request.file_names.append("mine.jpg")
        back.file_urls_request.session_id = self._session
        self._stream.send(back.SerializeToString())
        while True:
            message = self._receive()
            if message.WhichOneof("type") == "file_urls_response":
                break
        (urls,) = message.file_urls_response.file_urls
        self._put(urls.upload_url, picture)
        state = WidgetState(id=self._uploader)
        state.file_uploader_state_value.uploaded_file_info.add(
            name="mine.jpg", size=len(picture), file_id=urls.file_id, file_urls=urls
        )
        self._rerun(state)
        awaited = set(_MASKS)
        while awaited:
            arrived = self._element_id(self._receive())
            awaited = {name for name in awaited if not arrived.endswith(name)}
        seconds = time.monotonic() - start
        self._until_finished()
        return seconds

    def _rerun(self, *states: WidgetState) -> None:
        back = BackMsg()
        back.rerun_script.query_string = _QUERY
        back.rerun_script.page_name = "compare"
        back.rerun_script.widget_states.widgets.extend(states)
        back.rerun_script.cached_message_hashes.extend(self._known)
        self._stream.send(back.SerializeToString())

    def _until_finished(self) -> None:
        while True:
            message = self._receive()
            # A run that gives way to another one is not the end.
            ended = message.WhichOneof("type") == "script_finished"
            if ended and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return

    def _receive(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._stream.recv(timeout=_PATIENCE_SECONDS))
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._known.add(message.hash)
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id
        elif kind == "delta" and message.delta.new_element.file_uploader.id.endswith("-uploader"):
            self._uploader = message.delta.new_element.file_uploader.id
        return message

    @staticmethod
    def _element_id(message: ForwardMsg) -> str:
        return message.delta.new_element.bidi_component.id if message.WhichOneof("type") == "delta" else ""

    def _fetch(self, path: str) -> None:
        self._http.request("GET", path, headers={"Cookie": self._cookie} if self._cookie else {})
        answer = self._http.getresponse()
        answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            if cookie.startswith("_streamlit_xsrf="):
                self._cookie = cookie.partition(";")[0]
                self._token = self._cookie.partition("=")[2]

    def _put(self, path: str, picture: bytes) -> None:
        # The server ends a connection that is not used for some seconds; a closed one opens again by itself.
        self._http.close()
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="mine.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": self._cookie,
            "X-Xsrftoken": self._token,
        }
        self._http.request("PUT", path, head.encode() + picture + f"\r\n--{boundary}--\r\n".encode(), headers)
        answer = self._http.getresponse()
        answer.read()
        if answer.status >= 300:
            raise SystemExit(f"the server refused an upload with status {answer.status}")
