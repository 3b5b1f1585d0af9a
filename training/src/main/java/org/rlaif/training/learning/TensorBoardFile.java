package org.rlaif.training.learning;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file of TensorBoard: records of TensorFlow's TFRecord format, each an {@code Event} with
 * the scalars of one step. The length and the content of a record are each followed by their
 * checksum, CRC-32C rotated right by 15 bits plus a constant.
 */
final class TensorBoardFile implements AutoCloseable {
  /** In a folder of its own, as TensorBoard finds runs by folders. */
  static final String PATH = "tensorboard/events.out.tfevents.0.rlaif";

  private static final int MASK = 0xa282ead8;

  private final OutputStream out;

  private TensorBoardFile(OutputStream out) {
    this.out = out;
  }

  /** Begins the file below a folder, or goes on with it. */
  static TensorBoardFile open(Path folder) throws IOException {
    Path file = folder.resolve(PATH);
    Files.createDirectories(file.resolveSibling(""));
    boolean begins = !Files.exists(file);
    var opened =
        new TensorBoardFile(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    if (begins) {
      opened.record(event(0, out -> out.writeString(3, "brain.Event:2")));
    }
    return opened;
  }

  /** Adds the scalars of a step. */
  void write(long step, Map<String, Double> scalars) throws IOException {
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
                out.writeByteArray(
                    1,
                    message(
                        value -> {
                          value.writeString(1, scalar.getKey());
                          value.writeFloat(2, scalar.getValue().floatValue());
                        }));
              }
            });
    record(event(step, out -> out.writeByteArray(5, summary)));
  }

  private static byte[] event(long step, Body what) throws IOException {
    return message(
        out -> {
          out.writeDouble(1, System.currentTimeMillis() / 1e3);
          out.writeInt64(2, step);
          what.write(out);
        });
  }

  /** Fields of a message. */
  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Body body) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    body.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private void record(byte[] data) throws IOException {
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    ByteBuffer record = little(length.length + Integer.BYTES + data.length + Integer.BYTES);
    record.put(length).putInt(checksum(length)).put(data).putInt(checksum(data));
    out.write(record.array()); // whole, so that a reader beside it sees no half of it
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
