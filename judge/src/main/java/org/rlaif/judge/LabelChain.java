package org.rlaif.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.Labelled;
import org.rlaif.kit.Provenance;

/**
 * Labels of which each names the one before it: {@code link_i = SHA-256(link_(i-1), row_i)}, the
 * row as JSON without its link, and the link before the first the hash of the candidates. Whoever
 * changes, adds or takes away a row has to make all links after it anew; the last of them is noted
 * beside the labels.
 */
public final class LabelChain {
  private LabelChain() {}

  /**
   * The same rows with their links.
   *
   * @param data SHA-256 of what they are about, in hexadecimal
   * @param rows labels by a judge; those without a proof get no link
   */
  public static <T extends Labelled<T>> List<T> linked(String data, List<T> rows) {
    List<T> linked = new ArrayList<>(rows.size());
    String before = data;
    for (T row : rows) {
      if (row.provenance().proof() == null) {
        linked.add(row);
      } else {
        before = link(before, row);
        linked.add(with(row, before));
      }
    }
    return linked;
  }

  /** The link of the last row; that of the data if there is none. */
  public static <T extends Labelled<T>> String last(String data, List<T> rows) {
    String last = data;
    for (T row : rows) {
      String own = linkOf(row);
      last = own == null ? last : own;
    }
    return last;
  }

  /** The first row, from 0, whose link is not that of what stands there; empty: all are. */
  public static <T extends Labelled<T>> OptionalInt broken(String data, List<T> rows) {
    String before = data;
    for (int i = 0; i < rows.size(); i++) {
      String own = linkOf(rows.get(i));
      before = link(before, rows.get(i));
      if (!before.equals(own)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** The same row without its link. */
  static <T extends Labelled<T>> T unlinked(T row) {
    return with(row, null);
  }

  private static @Nullable String linkOf(Labelled<?> row) {
    Provenance.Proof proof = row.provenance().proof();
    return proof == null ? null : proof.link();
  }

  private static <T extends Labelled<T>> String link(String before, T row) {
    MessageDigest digest = AtomicFiles.digest("SHA-256");
    digest.update(before.getBytes(StandardCharsets.UTF_8));
    try {
      digest.update(Json.MAPPER.writeValueAsBytes(with(row, null)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row that cannot be written", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static <T extends Labelled<T>> T with(T row, @Nullable String link) {
    Provenance from = row.provenance();
    Provenance.Proof proof = from.proof();
    return proof == null
        ? row
        : row.from(
            new Provenance(
                from.source(),
                from.hash(),
                from.forward(),
                from.reversed(),
                new Provenance.Proof(proof.question(), proof.rationale(), link)));
  }
}
