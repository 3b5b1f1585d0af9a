package org.rlaif.training.service;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file to which a training adds them, each once. A training that goes on from a
 * checkpoint cuts the file and writes the same rows again, apart from their seconds: so rows are
 * counted, and the last one that was read shows whether the file is as it was. It may move
 * meanwhile.
 */
final class MetricsTail {
  /** Rows that were handed out. */
  private long given;

  /** Rows before {@link #last} in the file, where that begins, and the row itself with its end. */
  private long before;

  private long place;
  private byte[] last = {};

  /** At most so many new rows that are whole; none if the file is not there, now. */
  List<String> read(Path file, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel.position(place)));
      if (!Arrays.equals(in.readNBytes(last.length), last)) {
        before = 0;
        place = 0;
        last = new byte[0];
        in = new BufferedInputStream(Channels.newInputStream(channel.position(0)));
      }
      return rows(in, most);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private List<String> rows(InputStream in, int most) throws IOException {
    List<String> rows = new ArrayList<>();
    while (rows.size() < most) {
      byte[] row = row(in);
      if (row == null) {
        break;
      }
      before += last.length > 0 ? 1 : 0;
      place += last.length;
      last = row;
      if (before + 1 > given) {
        given++;
        rows.add(new String(row, StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  /** With its end; null: it has none yet. */
  private static byte @Nullable [] row(InputStream in) throws IOException {
    var row = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      row.write(next);
      if (next == '\n') {
        return row.toByteArray();
      }
    }
    return null;
  }
}
