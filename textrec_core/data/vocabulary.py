"""The words people head their columns with."""

import re


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


USER = _each(
    "user userid users uid person personid people customer customerid member memberid reader readerid visitor visitorid "
    "client clientid account accountid reviewer reviewerid subscriber session sessionid player playerid steamid "
    "benutzer kunde utilisateur usuario"
)
ITEM = _each(
    "item itemid iid movie movieid film filmid product productid asin parentasin book bookid isbn article articleid game "
    "gameid song songid track trackid artist artistid sku business businessid recipe recipeid video videoid anime animeid "
    "news newsid show showid app appid course courseid id artikel produkt produit producto"
)
RATING = _each("rating ratings score scores star stars overall bookrating bewertung note grade")
WEIGHT = RATING | _each(
    "weight value count counts plays playcount play quantity qty clicks views hours minutes seconds duration watchtime "
    "playtime listens frequency strength preference like likes liked purchases feedback confidence"
)
TIME = _each(
    "timestamp time date datetime ts unixtime unixreviewtime created createdat reviewtime when day eventtime datum"
)
TITLE = _each(
    "title name itemname movietitle booktitle producttitle productname headline itemtitle label gamename songname "
    "movietitle originaltitle trackname artistname titel titre titulo"
)
TEXT = _each(
    "text texts description descriptions overview plot summary synopsis abstract lead blurb body content review reviewtext "
    "lyrics details about desc longdescription beschreibung"
)
TOPICS = _each("genre genres tag tags category categories keywords topics subjects")
KNOWN = USER | ITEM | WEIGHT | TIME | TITLE | TEXT | TOPICS | _each("year age gender url event timestamp")


def plain(name: str) -> str:
    """A heading without case, spaces and signs: ``User-ID`` and ``userId`` read alike."""
    return re.sub(r"[\W_]+", "", name).lower()
