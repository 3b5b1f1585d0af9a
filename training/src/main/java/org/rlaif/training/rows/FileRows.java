package org.rlaif.training.rows;

import java.util.List;

/**
 * What a file holds.
 *
 * @param format in a person's words
 * @param rows in their order; perhaps none, if the condition leaves none
 * @param left rows that do not meet the condition
 */
public record FileRows(String format, List<Row> rows, int left) {}
