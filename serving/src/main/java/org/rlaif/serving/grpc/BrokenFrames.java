package org.rlaif.serving.grpc;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What comes to the port and is no gRPC. The transport answers by itself, with the statuses that
 * gRPC's specification has for it (INTERNAL for broken frames, UNIMPLEMENTED for an encoding that
 * is not known), and would log a stack trace each time: here it is a line. Bytes that do not unpack
 * are no message, as if they had come that way.
 */
final class BrokenFrames {
  private static final String TRANSPORT = "io.grpc.netty.shaded.io.grpc.netty.";

  /** Java forgets the filters of loggers that nobody holds. */
  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger(TRANSPORT + "NettyServerStream"),
          Logger.getLogger(TRANSPORT + "NettyServerHandler"));

  private BrokenFrames() {}

  /** From now on, in this process. */
  static void inALineEach() {
    LOGGERS.forEach(logger -> logger.setFilter(BrokenFrames::shortened));
  }

  private static boolean shortened(LogRecord event) {
    Throwable why = event.getThrown();
    if (why instanceof IllegalArgumentException) {
      return false; // headers that cannot be read: the stream's error says so, too
    }
    if (why != null && isTheirs(why)) {
      event.setThrown(null);
      event.setParameters(null);
      String first = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
      event.setMessage(event.getMessage() + ": " + first);
    }
    return true;
  }

  /** A client's doing, as far as the transport knows. */
  private static boolean isTheirs(Throwable why) {
    return why instanceof StatusRuntimeException || why instanceof Http2Exception;
  }

  /**
   * Unpacks when it is read, so that what cannot be unpacked is found where messages are parsed.
   */
  static DecompressorRegistry encodings() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Gzip(), true);
  }

  private static final class Gzip implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public InputStream decompress(InputStream packed) {
      return new InputStream() {
        private @Nullable InputStream unpacked;

        private InputStream unpacked() throws IOException {
          if (unpacked == null) {
            unpacked = new GZIPInputStream(packed);
          }
          return unpacked;
        }

        @Override
        public int read() throws IOException {
          return unpacked().read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          return unpacked().read(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
          packed.close();
        }
      };
    }
  }
}
