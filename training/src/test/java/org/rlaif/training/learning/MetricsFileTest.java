package org.rlaif.training.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;

class MetricsFileTest {
  record Inner(@TrlName("objective/kl") double kl, double parity) {}

  record Row(@JsonUnwrapped Inner inner, Map<String, Double> rewards, String word) {}

  @TempDir Path folder;

  @Test
  void everyRowHasOurNamesAndThoseOfTrl() throws IOException {
    write(1, 2.5);
    write(2, -0.25); // opened anew, it goes on

    assertEquals(
        List.of(
            Map.of(
                "update",
                1,
                "kl",
                2.5,
                "parity",
                0.5,
                "rewards",
                Map.of("model", 3.0),
                "word",
                "a"),
            Map.of(
                "update",
                2,
                "kl",
                -0.25,
                "parity",
                0.5,
                "rewards",
                Map.of("model", 3.0),
                "word",
                "a")),
        JsonLines.read(folder.resolve("metrics.jsonl"), Map.class));
    assertEquals(
        List.of(
            Map.of("step", 1, "objective/kl", 2.5, "parity", 0.5, "rewards/model", 3.0),
            Map.of("step", 2, "objective/kl", -0.25, "parity", 0.5, "rewards/model", 3.0)),
        JsonLines.read(folder.resolve("trl.jsonl"), Map.class));

    List<byte[]> events = records(Files.readAllBytes(folder.resolve(TensorBoardFile.PATH)));
    assertEquals(3, events.size(), "which format it is, and two steps");
    assertEquals(Map.of(), scalars(events.get(0)));
    assertEquals(
        Map.of("objective/kl", -0.25f, "parity", 0.5f, "rewards/model", 3f),
        scalars(events.get(2)));
  }

  @Test
  void whatIsNotFiniteEndsTheTrainingByName() {
    assertEquals(
        "ppo, update 3, kl: \"NaN\" (expected: a finite number; a lower learning rate may help)",
        assertThrows(UserError.class, () -> write(3, Double.NaN)).getMessage());
  }

  private void write(int update, double kl) {
    try (MetricsFile file = MetricsFile.open(folder, "ppo", "update")) {
      file.write(update, new Row(new Inner(kl, 0.5), Map.of("model", 3.0), "a"));
    }
  }

  /** Of TensorFlow's TFRecord format: length, its checksum, content, its checksum. */
  private static List<byte[]> records(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertEquals(masked(length), in.getInt());
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(data);
      assertEquals(masked(data), in.getInt());
      records.add(data);
    }
    return records;
  }

  private static int masked(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    long value = crc.getValue();
    return (int) (((value >>> 15) | (value << 17)) + 0xa282ead8L);
  }

  private static Map<String, Float> scalars(byte[] event) throws IOException {
    Map<String, Float> scalars = new LinkedHashMap<>();
    for (byte[] summary : fields(event, 5)) {
      for (byte[] value : fields(summary, 1)) {
        String tag = new String(fields(value, 1).get(0), java.nio.charset.StandardCharsets.UTF_8);
        ByteBuffer number = ByteBuffer.wrap(fields(value, 2).get(0));
        scalars.put(tag, number.order(ByteOrder.LITTLE_ENDIAN).getFloat());
      }
    }
    return scalars;
  }

  /** The contents of a message's fields of one number. */
  private static List<byte[]> fields(byte[] message, int number) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    List<byte[]> found = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      byte[] content;
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> content = in.readByteArray();
        case WireFormat.WIRETYPE_FIXED32 -> content = in.readRawBytes(4);
        default -> {
          in.skipField(tag);
          content = new byte[0];
        }
      }
      if (WireFormat.getTagFieldNumber(tag) == number) {
        found.add(content);
      }
    }
    return found;
  }
}
