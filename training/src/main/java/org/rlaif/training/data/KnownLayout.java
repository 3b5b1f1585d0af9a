package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * The layout of a data set that many have: its columns are called as they are there, and tell it
 * from all others. {@code data.promptTemplate} makes another prompt of them, if the layout is set;
 * where nothing is set, a template says that the columns mean something else.
 */
interface KnownLayout extends Layout {
  RowParts parts();

  /** The columns that a row has to have, perhaps with nothing in them. */
  List<String> columns();

  @Override
  default boolean isKnown() {
    return true;
  }

  @Override
  default boolean isGuessed() {
    return parts().template() == null;
  }

  @Override
  default String expects() {
    return "the columns " + String.join(", ", columns());
  }

  @Override
  default boolean fits(Row row) {
    return columns().stream().allMatch(row.columns()::has);
  }
}
