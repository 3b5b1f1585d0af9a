package org.rlaif.training.data;

import org.jspecify.annotations.Nullable;
import org.rlaif.training.rows.Row;

/**
 * One way in which a row says what is asked and what was answered. It looks at its own columns and
 * at nothing else that a row may have, so that a row which fits several can be read as any of them.
 */
interface Layout {
  /** What a row of this layout has and where, for errors: {@code a conversation in messages}. */
  String expects();

  /** Whether a row may be read so where nobody has said what it is. */
  default boolean isGuessed() {
    return true;
  }

  /** Whether it is that of a known data set, and not one of the general ones. */
  default boolean isKnown() {
    return false;
  }

  /**
   * The column that it learns and no other layout does, of which a row has one; null if there is
   * none.
   */
  default @Nullable String learns() {
    return null;
  }

  /**
   * Whether a row is meant so, by the columns that it has. What is wrong in them is {@link #read}'s
   * to say.
   */
  default boolean fits(Row row) {
    String learned = learns();
    return learned != null && row.has(learned);
  }

  /**
   * What a row that fits becomes.
   *
   * @throws org.rlaif.kit.UserError naming file, row and column, if something in it is not as it
   *     should be
   */
  Reading read(Row row);
}
