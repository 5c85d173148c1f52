"""The reference of the stream figures: a byte relay on bare asyncio, which knows nothing of what it passes on."""

import asyncio
import sys


async def main(port: int, upstream: int) -> None:
    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, ahead = await asyncio.open_connection("127.0.0.1", upstream)
        asking = asyncio.create_task(pump(reader, ahead))
        await pump(behind, writer)
        asking.cancel()

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
