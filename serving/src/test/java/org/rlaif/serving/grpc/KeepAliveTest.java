package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.serving.engine.TestModels;

/** A client that pings, by the frames of HTTP/2 (RFC 9113, sections 3.4, 4.1 and 6). */
class KeepAliveTest {
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int ACKNOWLEDGED = 1;

  @TempDir Path folder;

  /** gRPC would refuse the third ping within five minutes, and end the calls of its connection. */
  @Test
  void pingsAreAnswered() throws Exception {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    try (RlaifServer server =
            RlaifServer.start(
                TestServer.config(Map.of("policy", model)).listen(ServerConfig.LOOPBACK, 0));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      var out = new DataOutputStream(socket.getOutputStream());
      var in = new DataInputStream(socket.getInputStream());
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, SETTINGS, new byte[0]);
      for (int ping = 0; ping < 4; ping++) {
        frame(out, PING, new byte[8]);
        assertEquals(PING, answer(in), "ping " + ping);
        Thread.sleep(1_050);
      }
    }
  }

  private static void frame(DataOutputStream out, int kind, byte[] payload) throws Exception {
    out.writeShort(payload.length >> 8);
    out.writeByte(payload.length);
    out.writeByte(kind);
    out.writeByte(0);
    out.writeInt(0); // of the connection as a whole
    out.write(payload);
    out.flush();
  }

  /** The kind of the next frame that answers a ping, or ends the connection. */
  private static int answer(DataInputStream in) throws Exception {
    while (true) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int kind = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.readInt();
      in.skipNBytes(length);
      if ((kind == PING && flags == ACKNOWLEDGED) || kind == GO_AWAY) {
        return kind;
      }
    }
  }
}
