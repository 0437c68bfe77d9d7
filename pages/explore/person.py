"""What would this person get, and why?"""

import streamlit as st

from pages.shared import asks, cached, controls, finding, kept, notices, person_views, session, steering
from pages.shared.shares.component import shares
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Shares
from textrec_core.models.wals import WalsParams
from textrec_core.people import recommend, tables, whatif
from textrec_core.people import words as item_words
from textrec_core.people.newcomer import Newcomer
from textrec_core.spaces.layout import LayoutParams
from textrec_core.text.encoder import TextParams


def why_item() -> None:
    """Why the chosen item stands where it stands, and what it would be without one past choice."""
    st.header(f"Why {markdown(title)} is number {place + 1}")
    chart, told = st.columns([3, 2], gap="large")
    why = scorer.why(user, item)
    with chart:
        if why is not None and why.items.size:
            reasons = tables.reasons(dataset, why)
            shares(
                reasons,
                why.score,
                "why",
                f"Shares of past choices in the score of {title}; they sum to {why.score:.3f}",
            )
            if isinstance(scorer, TextProfile):
                words_that_matter(scorer)
            # Closed, its tables would cost every switch as much as all that is seen.
            table = st.expander("The same as a table", key="why-table", on_change="rerun")
            if table.open:
                table.dataframe(reasons, hide_index=True)
                table.dataframe(whatif.removals(dataset, scorer, user, item, why), hide_index=True)
    with told:
        if len(models) > 1:
            st.text(controls.three_voices(dataset, models, user, item))
        near = None if space is None else tables.nearest_past(dataset, space, user, item)
        if near is not None:
            both = tables.shared_words(
                dataset, near[0], item, cached.quick(tables.how_common, dataset, of=dataset.fingerprint)
            )
            st.text(
                f"In words it is nearest to {plain(dataset.titles[near[0]])} (cosine {near[1]:.2f}), chosen before"
                + (f"; both say: {plain(', '.join(both), 200)}." if both else ".")
            )
        without(why)
        if why is not None:
            share, known = recommend.above(dataset, scorer, user, item), item in why.items
            st.caption(
                f"{why.words[0].upper()}{why.words[1:]}. Score {why.score:.4f}, "
                + ("the highest" if share == 1 and not known else f"above {min(share, 0.999):.1%}")
                + " of what is not chosen yet."
            )
            notices.how_to_read(
                "what each past choice adds to this item's score; the bars sum to it.",
                "a few choices that make sense together.",
                "many tiny bars: the score rests on everything a little.",
                "WALS rank and alpha on the Train page.",
            )
        snippet = str(dataset.texts[item])
        if snippet.strip():
            st.text(plain(snippet, 600))
        st.page_link(
            "pages/explore/item.py", label="More about this item", query_params={"item": controls.titles(dataset)[item]}
        )
        st.page_link(
            "pages/explore/spaces.py",
            label="See where it lives on both maps",
            query_params={"shown": str(dataset.items[item]), "person": str(dataset.users[user])},
        )


def words_that_matter(profile: TextProfile) -> None:
    """What the score loses when the text is read without each of its words."""
    told = item_words.left_out(str(dataset.titles[item]), str(dataset.texts[item]))
    read = notices.later(dataset, asks.placed(asks.source(dataset, words, profile.space), tuple(text for _word, text in told)))  # fmt: skip
    if read is None:
        return
    table = item_words.carried_by(dataset, profile, user, [word for word, _text in told[1:]], read.directions)
    st.markdown("**The words that matter**")
    st.dataframe(
        table, hide_index=True, alt="What the score loses without each word",
        column_config={"Share": st.column_config.NumberColumn("Score lost without it", format="%+.4f")},
    )  # fmt: skip
    st.caption(
        f"Leave one word out: the text is read again without it, for its first {len(told) - 1} different words, by {profile.space.name}. "
        "Words work together, so these do not sum to the score."
    )


def without(why: Shares | None) -> None:
    """Remove one past choice and say the place that the item has then."""
    if why is None or why.items.size == 0 or item in why.items:
        return
    order = [int(why.items[n]) for n in why.largest_first()]
    gone = st.selectbox(
        "If one had not been chosen", order, None, format_func=lambda row: plain(dataset.titles[row]),
        key=f"without-{user}", placeholder="remove a past choice",
    )  # fmt: skip
    if gone is not None:
        before, after = whatif.removed(dataset, scorer, user, item, gone)
        st.text(f"Without {plain(dataset.titles[gone])}: {before:,} → {after:,}, computed again without it.")


st.title("Person")
dataset = session.dataset()
st.caption(
    "What would this person get, and why? Two voices are asked: the crowd, people who chose alike, and the words, items that read alike."
    if dataset.has_texts
    else "What would this person get, and why? The crowd is asked: people who chose alike."
)
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
fit = notices.made(dataset, cached.factors(dataset, params))
space = notices.made(dataset, cached.text_space(dataset, words)) if dataset.has_texts else None
models = cached.scorers(dataset, fit, space)

user = finding.pick_person(dataset, fit, space)
name = markdown(dataset.users[user])

past, future = st.columns([2, 3], gap="medium")
with past:
    history = tables.history(dataset, user)
    st.header(f"What {name} chose")
    st.caption(
        f"{len(history):,} of {dataset.items.size:,} items"
        + (", the latest first" if dataset.times is not None else "")
    )
    st.dataframe(
        history,
        hide_index=True,
        column_config={"Title": st.column_config.TextColumn(width=210)},
        alt=f"The {len(history)} items this person has chosen",
    )

with future:
    st.header(f"What {name} would get")
    choice, shaping = st.columns([5, 2], vertical_alignment="bottom")
    with shaping:
        k, among, seen, more = person_views.shape(dataset)
    if more:
        made = [notices.made(dataset, ask) for ask in cached.further(dataset, params, space)]
        models = cached.joined(dataset, models, *made)
    chosen = choice.segmented_control(
        "Ranked by", list(models), default="WALS", key="model", bind="query-params", required=True, wrap=True,
        help="WALS: what people who chose alike have chosen. Text profile: items whose texts are like those of the person's past. "
        "Popularity: what most people chose. More models stand under Options.",
        disabled=history.empty,
    )  # fmt: skip
    wanted, crowd = models[chosen], models["WALS"]
    if history.empty:
        st.info(
            "This person has no history to rank by: what most people chose is listed, the same for everybody without a past.",
            icon=None,
        )  # fmt: skip
        models = {"Popularity": models["Popularity"]}
    scorer = models.get(chosen, models["Popularity"])
    if among is not None:
        st.caption(f"Filtered: {int(among.sum()):,} of {dataset.items.size:,} items may be listed.")
    ranked = recommend.top_k(dataset, scorer, user, k, among, seen)
    if ranked.items.size == 0:
        st.info(
            "This person has chosen every item; there is nothing left to suggest."
            if among is None
            else "Nothing that is not chosen yet passes the filter; choose more under Options.",
            icon=None,
        )
        st.stop()
    others = {controls.VOICES.get(other, other): model for other, model in models.items() if model is not scorer}
    listed = tables.listed(dataset, ranked, user, others, among, seen)
    rows_of: list[int | Newcomer] = [int(item) for item in ranked.items]
    if scorer is crowd:
        new = kept.newcomers(dataset, scorer, space, words)
        if new:
            listed, rows_of = kept.woven(listed, ranked, scorer, user, new)
    if seen:
        own = set(dataset.history(user).tolist())
        listed.insert(2, "Known", ["chosen" if item in own else "" for item in rows_of])
    picked = st.dataframe(
        listed, hide_index=True, key=f"list-{user}-{scorer.name}", on_select="rerun", selection_mode="single-row",
        alt=f"The {len(listed)} items suggested, best first", column_config=person_views.narrow(others),
    )  # fmt: skip
    st.caption(
        "Choose a row to see why it is there."
        + (f" Under {markdown(', '.join(others))}: its place in that voice's own list." if others else "")
    )

rows = picked["selection"]["rows"]
place = rows[0] if rows and rows[0] < len(rows_of) else 0
chosen_row = rows_of[place]
item = chosen_row if isinstance(chosen_row, int) else int(ranked.items[0])
title = plain(dataset.titles[item])

view = person_views.chosen_view(["Why", "Compare models", "What if", "Steer"])
if view == "Why" and isinstance(chosen_row, Newcomer):
    kept.why(dataset, scorer, user, chosen_row, place + 1)
elif view == "Why":
    why_item()
elif view == "Compare models":
    person_views.compare(dataset, models, user, scorer, among)
elif view == "What if":
    person_views.what_if(
        dataset, wanted, crowd, user, k, (space, cached.behaviour(fit)), session.live(LayoutParams), among
    )
elif history.empty:
    st.info("There is no past to steer from; What if makes one.", icon=None)
else:
    steering.steer_list(dataset, models, user, k, params, (space, cached.behaviour(fit)), among)

notices.provenance(
    f"{scorer.name} {scorer.fingerprint[:8]}",
    f"rank {params.rank}, regularization {params.regularization:g}, alpha {params.alpha:g}, seed {params.seed}"
    if scorer.name == "WALS"
    else "",
    f"words read by {space.name}" if space else "the data has no texts, so no model reads words",
    dataset.note,
)
