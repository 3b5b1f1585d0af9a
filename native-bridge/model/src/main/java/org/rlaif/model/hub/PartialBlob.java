package org.rlaif.model.hub;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.rlaif.kit.AtomicFiles;

/**
 * A blob on its way into the cache. It lies beside its place under a name of its own, which no
 * other tool writes to, until it is whole and its checksum is right; the next download goes on with
 * it.
 */
final class PartialBlob implements AutoCloseable {
  private static final String SUFFIX = ".rlaif.incomplete";

  private final Path blob;
  private final Path partial;
  private final long size;
  private final LongConsumer progress;
  private final FileChannel channel;
  private volatile long offset;

  /**
   * Begins, or goes on.
   *
   * @param progress is told how many bytes are new, those of an earlier download included
   */
  PartialBlob(Path blob, long size, LongConsumer progress) throws IOException {
    this.blob = blob;
    this.partial = blob.resolveSibling(blob.getFileName() + SUFFIX);
    this.size = size;
    this.progress = progress;
    this.channel =
        FileChannel.open(
            partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (channel.size() > size) {
      channel.truncate(0);
    }
    this.offset = channel.size();
    progress.accept(offset);
  }

  boolean isComplete() {
    return offset == size;
  }

  /** Bytes are asked for from here on. */
  long offset() {
    return offset;
  }

  /** Before the bytes: they are those from the offset on, or all of the file. */
  void begin(boolean fromOffset) throws IOException {
    if (!fromOffset) {
      channel.truncate(0);
      progress.accept(-offset);
      offset = 0;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes, another looks
  void accept(byte[] bytes) throws IOException {
    if (offset + bytes.length > size) {
      throw new IOException("more than " + size + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
    offset += bytes.length;
    progress.accept(bytes.length);
  }

  /** After the bytes; throws if some are missing. */
  void end() throws IOException {
    if (!isComplete()) {
      throw new EOFException("ended at byte " + offset + " of " + size);
    }
  }

  /**
   * Makes it a blob if its checksum is its name; otherwise it is deleted.
   *
   * @param path where it is from, in messages
   */
  void finish(String path) throws IOException {
    String expected = blob.getFileName().toString();
    String actual = checksum(expected.length() == 64 ? "SHA-256" : "SHA-1");
    if (!actual.equals(expected)) {
      Files.delete(partial);
      throw new IOException(
          path + ": checksum " + actual + " (expected: " + expected + "); try again");
    }
    channel.force(true);
    Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Large files are known by the SHA-256 of their bytes, others by the SHA-1 that git knows. */
  private String checksum(String algorithm) throws IOException {
    MessageDigest digest = AtomicFiles.digest(algorithm);
    if (algorithm.equals("SHA-1")) {
      digest.update(("blob " + size + "\0").getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    int read;
    for (long at = 0; (read = channel.read(buffer, at)) > 0; at += read) {
      digest.update(buffer.flip());
      buffer.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
