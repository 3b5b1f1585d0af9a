package org.rlaif.training.rows;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * What a file is packed in. It shows in the first bytes: gzip's (RFC 1952, 2.3.1) or Zstandard's
 * (RFC 8878, 3.1.1).
 */
enum Compression {
  NONE("none"),
  GZIP("gzip"),
  ZSTD("zstd");

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int ZSTD_MAGIC = 0x28b52ffd;

  /** As DuckDB calls it. */
  final String word;

  Compression(String word) {
    this.word = word;
  }

  static Compression of(Path file) throws IOException {
    byte[] start = new byte[4];
    try (InputStream in = Files.newInputStream(file)) {
      in.readNBytes(start, 0, start.length);
    }
    int magic = 0;
    for (byte each : start) {
      magic = magic << 8 | (each & 0xff);
    }
    return magic >>> 16 == GZIP_MAGIC ? GZIP : magic == ZSTD_MAGIC ? ZSTD : NONE;
  }

  /**
   * The bytes inside. A file that ends too early or is damaged is an {@link java.io.EOFException}
   * or a {@link ZipException}.
   */
  InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      return switch (this) {
        case NONE -> in;
        case GZIP -> new GZIPInputStream(in);
        case ZSTD -> new Zstd(new ZstdInputStream(in));
      };
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** What is damaged is an exception of the kind that gzip's is. */
  private static final class Zstd extends FilterInputStream {
    Zstd(ZstdInputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (MalformedInputException | IndexOutOfBoundsException e) {
        throw (ZipException) new ZipException(e.getMessage()).initCause(e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int read = read(one, 0, 1);
      return read < 0 ? -1 : one[0] & 0xff;
    }
  }
}
