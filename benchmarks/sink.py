"""The smallest mail server that a benchmark can use: it says yes and counts. Prints its port when it listens."""

import socket
import threading


def serve(link: socket.socket) -> None:
    """Answers one connection. Reads ahead, so that a mail costs few system calls."""
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.sendall(b"220 sink\r\n")
    waiting = b""
    in_mail = False
    while received := link.recv(262_144):
        waiting += received
        while True:
            if in_mail:
                _, end, rest = waiting.partition(b"\r\n.\r\n")
                if not end:
                    break
                waiting, in_mail = rest, False
                link.sendall(b"250 kept\r\n")
                continue
            line, end, rest = waiting.partition(b"\r\n")
            if not end:
                break
            waiting = rest
            word = line[:4].upper()
            if word == b"DATA":
                in_mail = True
                link.sendall(b"354 go on\r\n")
            elif word == b"QUIT":
                link.sendall(b"221 bye\r\n")
                link.close()
                return
            else:
                link.sendall(b"250-sink\r\n250 PIPELINING\r\n" if word == b"EHLO" else b"250 yes\r\n")


def main() -> None:
    """Serves until its parent ends it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            link, _ = listener.accept()
            threading.Thread(target=serve, args=(link,), daemon=True).start()


if __name__ == "__main__":
    main()
