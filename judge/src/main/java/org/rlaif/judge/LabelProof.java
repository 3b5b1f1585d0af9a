package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Labelled;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Preference;
import org.rlaif.kit.UserError;

/**
 * What is noted beside a file of labels, so that others can find out whether they are what a judge
 * said: {@code LABELS.proof.json}.
 *
 * @param candidates SHA-256 of the file that the labels are about: the link before the first
 * @param labels how many there are
 * @param last the link of the last
 * @param sha256 of the file of labels
 * @param judge how it was set
 * @param judgeHash of all that decides its answers
 * @param seed of a rubric's noise
 * @param clamp see {@link Labeler}
 * @param together how completions were asked about where they were so all at once, such as {@code
 *     ranking}; null, and in JSON absent: in pairs
 * @param time when they were written, as ISO 8601
 */
public record LabelProof(
    String candidates,
    int labels,
    String last,
    String sha256,
    JudgeConfig judge,
    String judgeHash,
    long seed,
    double clamp,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String together,
    String time) {
  private static final String ENDING = ".proof.json";

  /** Where it is noted. */
  public static Path beside(Path labels) {
    return labels.resolveSibling(labels.getFileName() + ENDING);
  }

  /** Writes labels of pairs with their links, and what proves them beside. */
  public static void write(
      Path file,
      List<Preference> labels,
      Path candidates,
      JudgeConfig judge,
      String judgeHash,
      long seed,
      double clamp) {
    write(file, labels, candidates, judge, judgeHash, seed, clamp, /* together= */ null);
  }

  /** The same of preferences or ratings, however they were asked for. */
  public static <T extends Labelled<T>> void write(
      Path file,
      List<T> labels,
      Path candidates,
      JudgeConfig judge,
      String judgeHash,
      long seed,
      double clamp,
      @Nullable String together) {
    String data = AtomicFiles.sha256(candidates);
    List<T> linked = LabelChain.linked(data, labels);
    JsonLines.write(file, linked);
    Json.write(
        beside(file),
        new LabelProof(
            data,
            linked.size(),
            LabelChain.last(data, linked),
            AtomicFiles.sha256(file),
            judge,
            judgeHash,
            seed,
            clamp,
            together,
            Instant.now().toString()));
  }

  /** Reads what is noted beside a file of labels. */
  public static LabelProof read(Path labels) {
    Path file = beside(labels);
    UserError.require(
        Files.isRegularFile(file), file.toString(), "no such file", "what judge label wrote there");
    return Json.read(file, LabelProof.class);
  }

  /** Refuses preferences that were changed since they were written; names the first. */
  public List<Preference> requireWhole(Path file) {
    return requireWhole(file, Preference.class);
  }

  /** The same of preferences or ratings. */
  public <T extends Labelled<T>> List<T> requireWhole(Path file, Class<T> type) {
    List<T> rows = JsonLines.read(file, type);
    OptionalInt broken = LabelChain.broken(candidates, rows);
    if (broken.isPresent()) {
      int row = broken.getAsInt();
      throw UserError.expected(
          "%s, label %d (%s)".formatted(file, row + 1, rows.get(row).id()),
          "not what its link stands for",
          "the label as it was written: it was changed, or those before it");
    }
    UserError.require(
        rows.size() == labels && LabelChain.last(candidates, rows).equals(last),
        file.toString(),
        rows.size() + " labels",
        "%d, of which the last has the link %s…".formatted(labels, last.substring(0, 12)));
    UserError.require(
        AtomicFiles.sha256(file).equals(sha256),
        file.toString(),
        "other bytes around the labels than were written",
        "SHA-256 " + sha256);
    return rows;
  }

  /**
   * Asks the judge about some labels again, and refuses one that it does not repeat to the last
   * bit.
   *
   * @param share of all, of which at least one is asked for
   * @return how many were asked again
   */
  public int requireRepeated(Path file, List<Preference> rows, Judge again, double share, long by) {
    UserError.require(
        again.hash().equals(judgeHash),
        beside(file).toString(),
        "a judge with the hash " + judgeHash,
        again.hash() + ", that of " + again.name() + " now: its files have changed");
    List<Preference> some = new ArrayList<>(rows);
    Collections.shuffle(some, new Random(by));
    some = some.subList(0, Math.min(some.size(), (int) Math.ceil(share * some.size())));
    List<Candidates> pairs = new ArrayList<>(some.size());
    for (Preference row : some) {
      pairs.add(new Candidates(row.id(), row.prompt(), List.of(row.first(), row.second())));
    }
    List<Preference> repeated = new Labeler(again, clamp).label(pairs).preferences();
    UserError.require(
        repeated.size() == some.size(),
        file.toString(),
        some.size() + " labels that were asked for again",
        repeated.size() + " answers of " + again.name() + " now");
    for (int i = 0; i < some.size(); i++) {
      Preference row = some.get(i);
      Preference now = repeated.get(i);
      boolean same =
          now.probabilityFirst() == row.probabilityFirst()
              && now.provenance().equals(LabelChain.unlinked(row).provenance());
      UserError.require(
          same,
          "%s, label %s".formatted(file, row.id()),
          row.probabilityFirst() + " of " + row.provenance().forward(),
          "%s of %s, as %s says now"
              .formatted(now.probabilityFirst(), now.provenance().forward(), again.name()));
    }
    return some.size();
  }
}
