package org.rlaif.judge.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * Answers that cost something, in a file that is only ever appended to: each is on disk before it
 * counts, so that no end of the process loses one. A line is the CRC-32C of its JSON in 8
 * hexadecimal digits, a space, and the JSON: the hash of who answered, that of the question, and
 * the answer. A last line that a power cut has torn is cut off; damage elsewhere costs the lines it
 * is in. One process at a time has the file.
 *
 * <p>Threads may share one.
 */
public final class KeptAnswers implements AutoCloseable {
  private static final int LONGEST_LINE = 1 << 22; // a rationale of any length
  private static final int CHECKSUM = 8; // hexadecimal digits

  /** Nothing, or the beginning of a first line. */
  private static final Pattern TORN = Pattern.compile("[0-9a-f]{0,8}|[0-9a-f]{8} .*");

  /** One line of the file. */
  private record Line(String judge, String question, JsonNode answer) {}

  private final Path path;
  private final RandomAccessFile file;
  private final String judge;
  private final Map<String, JsonNode> known = new ConcurrentHashMap<>();
  private final Object toDisk = new Object();
  private long written; // lines, guarded by this
  private long forced; // lines, guarded by toDisk

  private KeptAnswers(Path path, RandomAccessFile file, String judge) {
    this.path = path;
    this.file = file;
    this.judge = judge;
  }

  /**
   * Opens a file, or makes it with its folder, and reads what one has answered.
   *
   * @param judge the hash of who answers; the answers of others stay where they are
   */
  public static KeptAnswers open(Path path, String judge) {
    try {
      Path folder = path.toAbsolutePath().resolve("..").normalize();
      Files.createDirectories(folder);
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      try {
        lock(path, file);
        KeptAnswers kept = new KeptAnswers(path, file, judge);
        kept.read(path, file);
        force(folder);
        return kept;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UserError(path + ": answers cannot be kept here: " + e.getMessage(), e);
    }
  }

  private static void lock(Path path, RandomAccessFile file) throws IOException {
    boolean ours = AtomicFiles.tryLock(file.getChannel());
    UserError.require(
        ours, path.toString(), "in use by another process", "one that asks at a time");
  }

  private void read(Path path, RandomAccessFile file) throws IOException {
    long end = 0; // of the last line that has one
    boolean ours = false;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      long position = 0;
      for (int read = in.read(); read >= 0; read = in.read()) {
        position++;
        if (read == '\n') {
          ours |= take(line.toString(StandardCharsets.UTF_8));
          line.reset();
          end = position;
        } else if (line.size() < LONGEST_LINE) {
          line.write(read);
        }
      }
    }
    boolean torn = end == 0 && TORN.matcher(line.toString(StandardCharsets.UTF_8)).matches();
    UserError.require(
        ours || torn, path.toString(), "another kind of file", "answers kept by a judge, or none");
    file.setLength(end);
    file.seek(end);
  }

  /**
   * Notes a line's answer if it is of this judge.
   *
   * @return whether the line is whole
   */
  private boolean take(String line) {
    int start = CHECKSUM + 1;
    if (line.length() <= start
        || !line.substring(0, CHECKSUM).equals(checksum(line.substring(start)))) {
      return false;
    }
    try {
      Line read = Json.MAPPER.readValue(line.substring(start), Line.class);
      if (read.judge().equals(judge)) {
        known.put(read.question(), read.answer());
      }
      return true;
    } catch (JsonProcessingException e) {
      return true; // by a version that kept something else: the question is asked again
    }
  }

  /**
   * The answer to a question, if it is known.
   *
   * @param question all that makes it what it is
   */
  public @Nullable JsonNode find(List<String> question) {
    return known.get(hash(question));
  }

  /** Keeps an answer; it is on disk when this returns. */
  public void keep(List<String> question, JsonNode answer) {
    String asked = hash(question);
    try {
      force(file, append(file, new Line(judge, asked, answer)));
    } catch (IOException e) {
      throw new UserError(path + ": an answer cannot be kept: " + e.getMessage(), e);
    }
    known.put(asked, answer);
  }

  private synchronized long append(RandomAccessFile file, Line line) throws IOException {
    String text = Json.MAPPER.writeValueAsString(line);
    long before = file.getFilePointer();
    try {
      file.write((checksum(text) + " " + text + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      file.setLength(before); // a full disk leaves half a line, which would spoil the next
      file.seek(before);
      throw e;
    }
    return ++written;
  }

  private synchronized long written() {
    return written;
  }

  /** One thread forces the lines of all that wait. */
  private void force(RandomAccessFile file, long line) throws IOException {
    synchronized (toDisk) {
      if (forced < line) {
        long now = written();
        file.getFD().sync();
        forced = now;
      }
    }
  }

  /** Makes the file's name, too, survive a power cut. */
  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What a person is told when the rest is given up; nothing if there is nothing to go on from. */
  public String toGoOn() {
    return known.isEmpty()
        ? ""
        : "; "
            + known.size()
            + " answers are kept in "
            + path
            + ": the same command goes on from there";
  }

  private static String checksum(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /** The start of the SHA-256 of the texts, their lengths before them. */
  private static String hash(List<String> question) {
    MessageDigest digest = AtomicFiles.digest("SHA-256");
    for (String text : question) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  /** Lets go of the file; one without a line is not left behind. */
  @Override
  public void close() {
    try {
      boolean empty = file.length() == 0;
      file.close();
      if (empty) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UserError(path + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
