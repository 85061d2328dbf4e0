"""The roles that columns play, and the names that they go by."""

import re
from collections.abc import Mapping

EVENT_ROLES = ("user", "item", "time", "rating", "kind", "review")
ITEM_ROLES = ("item", "title", "description", "categories", "image", "price", "year")
PEOPLE_ROLES = ("user",)

SYNONYMS: Mapping[str, list[str]] = {
    "user": [
        "user",
        "userid",
        "uid",
        "person",
        "personid",
        "customer",
        "customerid",
        "visitorid",
        "reviewerid",
        "member",
        "memberid",
        "account",
        "accountid",
        "username",
        "sessionid",
        "session",
        "useridx",
        "userindex",
        "id",
    ],
    "item": [
        "item",
        "itemid",
        "iid",
        "movieid",
        "bookid",
        "product",
        "productid",
        "sku",
        "asin",
        "isbn",
        "track",
        "trackid",
        "article",
        "articleid",
        "newsid",
        "businessid",
        "gameid",
        "appid",
        "songid",
        "artistid",
        "parentasin",
        "itemidx",
        "id",
    ],
    "time": [
        "time",
        "timestamp",
        "ts",
        "datetime",
        "date",
        "unixreviewtime",
        "eventtime",
        "createdat",
        "unixtime",
        "timestampms",
        "reviewtime",
        "sorttimestamp",
    ],
    "rating": [
        "rating",
        "ratings",
        "overall",
        "stars",
        "score",
        "bookrating",
        "label",
        "value",
        "vote",
        "preference",
    ],
    "kind": [
        "kind",
        "event",
        "eventtype",
        "eventkind",
        "action",
        "behavior",
        "behaviour",
        "type",
        "interaction",
    ],
    "review": ["review", "reviewtext", "text", "reviewbody", "comment"],
    "title": [
        "title",
        "name",
        "movietitle",
        "itemname",
        "productname",
        "booktitle",
        "itemtitle",
        "originaltitle",
    ],
    "description": ["description", "summary", "overview", "plot", "abstract", "desc"],
    "categories": ["categories", "category", "genres", "genre", "class", "tags", "classes"],
    "image": ["image", "imageurl", "poster", "imagepath", "img", "imurl", "imageurll", "thumbnail"],
    "price": ["price", "cost"],
    "year": ["year", "releaseyear", "yearofpublication", "originalpublicationyear", "published"],
}
"""Names that columns go by, squeezed to lower-case letters and digits; earlier names win."""


def squeezed(name: str) -> str:
    """A column's name with nothing but lower-case letters and digits."""
    return re.sub(r"[\W_]+", "", name.lower())
