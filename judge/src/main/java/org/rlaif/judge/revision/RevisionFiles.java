package org.rlaif.judge.revision;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Constitution;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;

/**
 * What can be learned from revisions, in a folder: {@code revised.jsonl}, prompts with their last
 * revisions; {@code critiques.jsonl}, questions with the critiques that answered them; {@code
 * candidates.jsonl}, first answers and last revisions to be compared; and, last, {@code
 * revision.json}, where all of it comes from.
 */
public final class RevisionFiles {
  private static final String REVISED = "revised.jsonl";
  private static final String CRITIQUES = "critiques.jsonl";
  private static final String CANDIDATES = "candidates.jsonl";

  private RevisionFiles() {}

  /**
   * Where the files come from.
   *
   * @param answers SHA-256 of the file with the first answers
   * @param files SHA-256 of the files, by their names
   * @param judge how the language model was set
   * @param hash of everything that decides what it writes
   * @param seed of the draws
   * @param time when they were written, as ISO 8601
   */
  public record Notes(
      String answers,
      Map<String, String> files,
      JudgeConfig judge,
      Constitution constitution,
      String hash,
      long seed,
      String time,
      RevisionReport report) {}

  /** Writes the files, each whole or not at all. */
  public static RevisionReport write(
      Path folder,
      Path source,
      List<FirstAnswer> answers,
      List<Revision> revisions,
      Reviser by,
      JudgeConfig judge,
      long seed) {
    List<WrittenRow> revised = new ArrayList<>();
    List<WrittenRow> critiques = new ArrayList<>();
    List<Candidates> candidates = new ArrayList<>();
    String hash = by.hash();
    for (Revision each : revisions) {
      if (!each.isDone()) {
        continue;
      }
      FirstAnswer first = each.first();
      int last = each.rounds().size();
      revised.add(
          new WrittenRow(first.id(), first.prompt(), each.last(), origin(by, hash, each, last)));
      for (int round = 1; round <= last; round++) {
        Revision.Round made = each.rounds().get(round - 1);
        critiques.add(
            new WrittenRow(
                first.id() + "#" + round,
                Prompt.of(made.asked()),
                made.critique(),
                origin(by, hash, each, round)));
      }
      if (!each.isUnchanged()) {
        candidates.add(
            new Candidates(
                first.id(),
                first.prompt(),
                List.of(first.completion(), each.last()),
                /* tokens= */ null,
                List.of(firstAuthor(first.author()), by.author() + ", revised")));
      }
    }
    SortedMap<String, String> files = new TreeMap<>();
    Map<String, List<?>> rows =
        Map.of(REVISED, revised, CRITIQUES, critiques, CANDIDATES, candidates);
    rows.forEach(
        (name, content) -> {
          Path file = folder.resolve(name);
          JsonLines.write(file, content);
          files.put(name, AtomicFiles.sha256(file));
        });
    RevisionReport report = RevisionReport.of(answers, revisions);
    Json.write(
        folder.resolve("revision.json"),
        new Notes(
            AtomicFiles.sha256(source),
            files,
            judge,
            by.constitution(),
            hash,
            seed,
            Instant.now().toString(),
            report));
    return report;
  }

  private static String firstAuthor(@Nullable String author) {
    return author == null ? "first answer" : author;
  }

  private static WrittenRow.Origin origin(Reviser by, String hash, Revision of, int round) {
    return new WrittenRow.Origin(
        by.name(), hash, by.constitution().name(), round, of.principles(round));
  }
}
