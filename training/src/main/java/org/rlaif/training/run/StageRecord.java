package org.rlaif.training.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.UserError;

/**
 * What a finished stage leaves in {@code stage.json}.
 *
 * @param stage its name
 * @param fingerprint of its settings, the seed and all stages before it
 * @param seconds it took
 * @param figures the stage's record
 * @param files all that it left beside, by path; null: by a version that did not note them
 * @param seal SHA-256 of the record's text, in which the seal itself is zeros; null likewise
 */
public record StageRecord(
    String stage,
    String fingerprint,
    double seconds,
    ObjectNode figures,
    @Nullable Map<String, StageFiles.Stored> files,
    @Nullable String seal) {
  static final String FILE = StageFiles.RECORD;

  private static final String NO_SEAL = "0".repeat(64);

  /** Closes a stage's folder: whatever is in it now belongs to it. */
  static void write(Path folder, String stage, String fingerprint, double seconds, Object figures)
      throws IOException {
    ObjectNode tree = Json.MAPPER.valueToTree(figures);
    StageRecord record =
        new StageRecord(stage, fingerprint, seconds, tree, StageFiles.of(folder), NO_SEAL);
    String text = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(record);
    String sealed = text.replace(NO_SEAL, AtomicFiles.sha256(bytes(text)));
    AtomicFiles.write(folder.resolve(FILE), out -> out.write(bytes(sealed)));
  }

  /** The figures as they were handed over. */
  public <F> F figures(Class<F> type) {
    try {
      return Json.MAPPER
          .readerFor(type)
          .without(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .readValue(figures);
    } catch (IOException e) {
      throw new UserError(
          stage
              + ": figures of another version of rlaif (expected: those of this one; rlaif run"
              + " --replace makes the stage again)",
          e);
    }
  }

  /**
   * Reads what {@link #write} wrote, this version's or an older one's.
   *
   * @throws UserError if the text is not what was written
   */
  static StageRecord read(Path file) {
    try {
      String text = Files.readString(file);
      if (Json.MAPPER.readTree(text) instanceof ObjectNode tree) {
        for (String later : List.of(StageFiles.KEY, "seal")) {
          if (!tree.has(later)) {
            tree.putNull(later);
          }
        }
        StageRecord record = Json.MAPPER.treeToValue(tree, StageRecord.class);
        String seal = record.seal;
        if (seal == null || AtomicFiles.sha256(bytes(text.replace(seal, NO_SEAL))).equals(seal)) {
          return record;
        }
      }
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new UserError(damaged(file), e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    throw new UserError(damaged(file));
  }

  private static String damaged(Path file) {
    return file + ": other content than when the stage finished";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
