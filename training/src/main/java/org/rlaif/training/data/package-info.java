/**
 * The examples and preferences that a run learns from.
 *
 * <p>They come from one of two places. {@link org.rlaif.training.data.GeneratedData} writes the
 * summarisation task of {@link org.rlaif.training.tldr}. {@link org.rlaif.training.data.UserData}
 * reads the user's files: {@link org.rlaif.training.rows} turns a file of any accepted format into
 * numbered rows, the {@link org.rlaif.training.data.Layout} that a row fits makes of it a prompt,
 * text or conversation, with what was written about it, {@link org.rlaif.training.data.Splits}
 * decides by the prompt alone who sees it. A layout is one page; {@link
 * org.rlaif.training.data.Layouts} lists them, {@link org.rlaif.training.data.RowParts} is what
 * they share.
 *
 * <p>Both end in a {@link org.rlaif.training.data.DataSet}, the only form that the rest of the room
 * knows: whoever trains cannot tell where its examples come from. Sequences that do not fit the
 * model's context are left out where the tokenizer is known, by {@link
 * org.rlaif.training.data.ContextFilter}.
 *
 * <p>A row that is not as it should be is an error that names file, row and column. Nothing is
 * guessed and nothing is skipped in silence.
 */
@NullMarked
package org.rlaif.training.data;

import org.jspecify.annotations.NullMarked;
