"""Between an MQTT broker and the store: a message is acknowledged to the broker when its readings are committed.

One thread does all: receive some, store them in one transaction, acknowledge them. What was received on a connection
that broke is forgotten, because the broker sends it again; an acknowledgement never goes to another connection than
the message's own, where its number may mean another message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt

_logger = logging.getLogger(__name__)

QOS = 1
LONGEST_PAUSE = 30.0
# Below what brokers send unacknowledged by default (Mosquitto: 20), a batch is never larger than that.
MOST = 500
QUIET = 0.02


class Message(NamedTuple):
    topic: str
    payload: bytes
    mid: int


class Bridge:
    """``store`` commits messages and raises when it could not; then none of them is acknowledged."""

    def __init__(self, client: Any, topic: str, store: Callable[[list[Message]], None]) -> None:
        self._client, self._topic, self._store = client, topic, store
        self._waiting: list[Message] = []
        self.running = True
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._received

    def run(self, host: str, port: int) -> None:
        pause = 0.5
        while self.running:
            try:
                self._client.connect(host, port, keepalive=60)
                while self.running and self.turn():
                    pause = 0.5
            except OSError as error:
                _logger.warning("MQTT broker %s:%s cannot be reached: %s", host, port, error)
            if self.running:
                time.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
        self._client.disconnect()

    def turn(self) -> bool:
        """Receive what is there, store it, acknowledge it. False when the connection is gone."""
        alive: bool = self._client.loop(timeout=1.0) == mqtt.MQTT_ERR_SUCCESS
        while alive and self._waiting and len(self._waiting) < MOST:
            before = len(self._waiting)
            alive = self._client.loop(timeout=QUIET) == mqtt.MQTT_ERR_SUCCESS
            if len(self._waiting) == before:
                break
        messages, self._waiting = self._waiting, []
        if not alive:
            return False
        if messages:
            try:
                self._store(messages)
            except Exception:
                _logger.exception("%s messages could not be stored; the broker sends them again", len(messages))
                self._client.disconnect()
                return False
            for message in messages:
                self._client.ack(message.mid, QOS)
        return True

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _logger.error("The MQTT broker refused the connection: %s", reason)
            return
        _logger.info("MQTT bridge connected, listening to %s", self._topic)
        client.subscribe(self._topic, qos=QOS)

    def _disconnected(self, *_args: Any) -> None:
        self._waiting = []

    def _received(self, _client: Any, _data: Any, message: Any) -> None:
        self._waiting.append(Message(message.topic, message.payload, message.mid))


def make_client(client_id: str) -> mqtt.Client:
    """With a session that the broker keeps while the bridge is away."""
    return mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=False,
        manual_ack=True,
        protocol=mqtt.MQTTv311,
    )
