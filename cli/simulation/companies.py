"""Invented employers: establishments with valid SIRET keys in a range not given out, jobs that fit their trade."""

from decimal import Decimal
from random import Random
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from stdnum import luhn

from cli.simulation.people import FRANCE, invented_name
from domain.envelope import Actor, Role
from domain.request import Address, Company, PrivateEmployer

SIREN_PREFIX: Final = "99"
"""The directory of undertakings gives SIREN numbers in order and is far from those that begin so."""

EMPLOYERS_PER_TRADE_AND_PLACE: Final = 3


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A job that a trade offers; pay is gross, in euros per month for 35 hours."""

    title: str
    rome: str
    fap: str | None
    minimum: Decimal
    """Minimum of the agreement for the grade, as the employer states it."""
    usual: Decimal
    qualification: str
    level: int = 3
    """Level of the diploma that leads to it, in the French framework."""
    field: str = ""
    regulated: bool = False


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """A branch: how its undertakings are called, their agreement, the jobs they offer."""

    key: str
    shapes: tuple[str, ...]
    idcc: str
    posts: tuple[Post, ...]
    headcount: tuple[int, int]
    turnover_each: int
    """Yearly turnover for one employee, in euros."""


def _post(
    title: str,
    rome: str,
    fap: str | None,
    minimum: int,
    usual: int,
    qualification: str,
    level: int = 3,
    field: str = "",
    regulated: bool = False,
) -> Post:
    return Post(
        title=title,
        rome=rome,
        fap=fap,
        minimum=Decimal(minimum),
        usual=Decimal(usual),
        qualification=qualification,
        level=level,
        field=field,
        regulated=regulated,
    )


CATERING: Final = Trade(
    key="catering",
    shapes=("Restaurant {}", "Auberge {}", "Table de {}", "Hôtel {}", "Brasserie {}"),
    idcc="1979",
    posts=(
        _post("Cuisinier", "G1602", "S1Z40", 1930, 2280, "CAP cuisine, deux ans d'expérience"),
        _post("Commis de cuisine", "G1603", "S1Z20", 1890, 2080, "Première expérience en cuisine"),
        _post("Serveur", "G1803", "S2Z61", 1890, 2090, "CAP restauration"),
        _post("Réceptionniste", "G1703", "S2Z60", 1910, 2150, "BTS tourisme, anglais courant", 5, "Tourisme"),
    ),
    headcount=(4, 40),
    turnover_each=78_000,
)
BUILDING: Final = Trade(
    key="building",
    shapes=("Bâtiments {}", "{} Construction", "Toitures {}", "{} Rénovation"),
    idcc="1597",
    posts=(
        _post("Maçon", "F1703", "B2Z40", 1950, 2350, "CAP maçon"),
        _post("Couvreur", "F1610", "B2Z44", 1960, 2380, "CAP couvreur"),
        _post("Peintre en bâtiment", "F1606", "B4Z44", 1940, 2250, "CAP peintre applicateur de revêtements"),
    ),
    headcount=(5, 80),
    turnover_each=110_000,
)
CARE: Final = Trade(
    key="care",
    shapes=("Clinique {}", "Résidence {}", "Maison de santé {}"),
    idcc="2264",
    posts=(
        _post("Aide-soignant", "J1501", "V0Z60", 1960, 2250, "Diplôme d'État d'aide-soignant", 4, "Santé", True),
        _post("Agent de service hospitalier", "K2204", "T4Z60", 1890, 2060, "Expérience en établissement de soins"),
    ),
    headcount=(20, 220),
    turnover_each=64_000,
)
SOFTWARE: Final = Trade(
    key="software",
    shapes=("{} Logiciels", "Studio {}", "{} Données", "{} Systèmes"),
    idcc="1486",
    posts=(
        _post("Ingénieur logiciel", "M1805", "M2Z90", 2310, 3450, "Master en informatique", 7, "Informatique"),
        _post("Ingénieur d'études", "H1206", "N0Z90", 2310, 3380, "Diplôme d'ingénieur", 7, "Sciences de l'ingénieur"),
        _post("Analyste de données", "M1805", "M2Z90", 2240, 3150, "Master en statistique", 7, "Statistique"),
    ),
    headcount=(6, 300),
    turnover_each=125_000,
)
TRADE: Final = Trade(
    key="accounting",
    shapes=("Cabinet {}", "{} Conseil", "{} Gestion"),
    idcc="1486",
    posts=(
        _post("Comptable", "M1203", "L4Z81", 2050, 2560, "Licence professionnelle comptabilité", 6, "Comptabilité"),
        _post("Chargé d'études comptables", "M1203", "L5Z90", 2310, 3050, "Master comptabilité", 7, "Comptabilité"),
    ),
    headcount=(4, 60),
    turnover_each=92_000,
)
GARAGE: Final = Trade(
    key="garage",
    shapes=("Garage {}", "Automobiles {}", "Carrosserie {}"),
    idcc="1090",
    posts=(_post("Mécanicien automobile", "I1604", "G0B41", 1930, 2260, "CAP maintenance des véhicules"),),
    headcount=(3, 30),
    turnover_each=140_000,
)
TRANSPORT: Final = Trade(
    key="transport",
    shapes=("Transports {}", "{} Logistique"),
    idcc="0016",
    posts=(
        _post("Conducteur routier", "N4101", "J3Z43", 1920, 2300, "Permis CE, FIMO marchandises"),
        _post("Préparateur de commandes", "N1103", "J1Z40", 1890, 2060, "CACES 1"),
    ),
    headcount=(8, 150),
    turnover_each=118_000,
)
FOOD: Final = Trade(
    key="food",
    shapes=("Boulangerie {}", "Maison {}", "Boucherie {}"),
    idcc="0843",
    posts=(
        _post("Boulanger", "D1102", "S0Z42", 1930, 2240, "CAP boulanger"),
        _post("Boucher", "D1101", "S0Z40", 1940, 2300, "CAP boucher"),
    ),
    headcount=(2, 25),
    turnover_each=88_000,
)
METAL: Final = Trade(
    key="metal",
    shapes=("Ateliers {}", "Chaudronnerie {}", "{} Industries"),
    idcc="3248",
    posts=(_post("Soudeur", "H2913", "D2Z42", 1960, 2380, "Qualification de soudage TIG"),),
    headcount=(10, 180),
    turnover_each=132_000,
)
CLEANING: Final = Trade(
    key="cleaning",
    shapes=("{} Propreté", "{} Services"),
    idcc="3043",
    posts=(_post("Agent d'entretien", "K2204", "T4Z60", 1890, 2050, "Première expérience"),),
    headcount=(10, 250),
    turnover_each=36_000,
)
FARM: Final = Trade(
    key="farm",
    shapes=("Vergers {}", "Domaine {}", "Les Serres de {}", "Maraîchers {}"),
    idcc="7024",
    posts=(
        _post("Ouvrier arboricole", "A1401", "A1Z42", 1890, 2010, "Sans diplôme, formation sur place"),
        _post("Ouvrier viticole", "A1405", "A1Z42", 1890, 2040, "Sans diplôme, formation sur place"),
        _post("Ouvrier maraîcher", "A1414", "A1Z40", 1890, 2010, "Sans diplôme, formation sur place"),
    ),
    headcount=(3, 60),
    turnover_each=72_000,
)
TRADES: Final = (CATERING, BUILDING, CARE, SOFTWARE, TRADE, GARAGE, TRANSPORT, FOOD, METAL, CLEANING)
"""What employs all the year; the farm takes seasonal workers."""

HOME_CARE: Final = _post("Aide à domicile", "K1302", "T2A60", 1900, 2020, "Expérience auprès de personnes âgées")
"""What a private employer offers."""

_WORDS: Final = (
    "Bellerive Clairval Montrevel Hautefage Rochebelle Valombreuse Saintange Boisjoli Grandpré Fontclaire Malaterre "
    "Vertcombe Aigueblanche Pierrelune Charmeuse Noirlac Beauvoisin Longchêne Mirepierre Orvalle Castelpré Sourdoire "
    "Trévielle Vauclairet Aubepierre Chantemerle Corbeline Désiraude Étincelle Fougeraie Galiberte Hirondel Isarelle "
    "Jonchère Lavandière Merlette Nogerelle Oseraie Passerose Quatrevents Ravinelle Sablonnet Tournesac Ursuline "
    "Vignolle Ardoisière Brumelle Cendrelle"
)
WORDS: Final = tuple(_WORDS.split())

STREETS: Final = (
    "rue des Tilleuls", "avenue de la Gare", "place du Marché", "rue du Lavoir", "chemin des Vignes", "rue Haute",
    "boulevard du Midi", "rue de l'Industrie", "allée des Platanes", "route de la Plaine", "rue des Écoles",
    "quai du Canal",
)  # fmt: skip

TOWNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "01": (("01000", "Bourg-en-Bresse"), ("01100", "Oyonnax")),
    "06": (("06000", "Nice"), ("06400", "Cannes")),
    "13": (("13001", "Marseille"), ("13100", "Aix-en-Provence"), ("13300", "Salon-de-Provence")),
    "15": (("15000", "Aurillac"),),
    "22": (("22000", "Saint-Brieuc"), ("22400", "Lamballe-Armor")),
    "26": (("26000", "Valence"), ("26200", "Montélimar")),
    "29": (("29200", "Brest"), ("29000", "Quimper")),
    "2B": (("20200", "Bastia"),),
    "33": (("33000", "Bordeaux"), ("33500", "Libourne")),
    "34": (("34000", "Montpellier"), ("34500", "Béziers")),
    "35": (("35000", "Rennes"), ("35400", "Saint-Malo")),
    "38": (("38000", "Grenoble"), ("38200", "Vienne")),
    "42": (("42000", "Saint-Étienne"), ("42300", "Roanne")),
    "43": (("43000", "Le Puy-en-Velay"),),
    "47": (("47000", "Agen"), ("47200", "Marmande")),
    "49": (("49000", "Angers"),),
    "51": (("51200", "Épernay"), ("51100", "Reims")),
    "56": (("56100", "Lorient"), ("56000", "Vannes")),
    "59": (("59000", "Lille"), ("59100", "Roubaix"), ("59300", "Valenciennes")),
    "62": (("62000", "Arras"), ("62100", "Calais")),
    "63": (("63000", "Clermont-Ferrand"), ("63200", "Riom")),
    "67": (("67000", "Strasbourg"),),
    "69": (("69003", "Lyon"), ("69100", "Villeurbanne"), ("69400", "Villefranche-sur-Saône")),
    "73": (("73000", "Chambéry"), ("73100", "Aix-les-Bains")),
    "74": (("74000", "Annecy"), ("74400", "Chamonix-Mont-Blanc")),
    "75": (("75010", "Paris"), ("75015", "Paris"), ("75019", "Paris")),
    "76": (("76000", "Rouen"), ("76600", "Le Havre")),
    "83": (("83000", "Toulon"), ("83600", "Fréjus")),
    "84": (("84000", "Avignon"), ("84300", "Cavaillon"), ("84200", "Carpentras")),
    "87": (("87000", "Limoges"),),
    "92": (("92000", "Nanterre"), ("92130", "Issy-les-Moulineaux")),
    "93": (("93200", "Saint-Denis"), ("93100", "Montreuil")),
}
"""Postcodes and towns by department; the addresses built on them are invented."""


class Employer(msgspec.Struct, frozen=True, kw_only=True):
    """An employer of the simulation, who files more than once, and the trade whose posts it offers."""

    actor: Actor
    company: Company
    trade: Trade
    department: str


def invented_siret(random: Random) -> str:
    """A SIRET both of whose keys are right (Luhn), in a range that no directory has reached."""
    eight = SIREN_PREFIX + f"{random.randrange(10**6):06d}"
    siren = eight + luhn.calc_check_digit(eight)
    thirteen = siren + f"{random.randrange(1, 30):04d}"
    return thirteen + luhn.calc_check_digit(thirteen)


def invented_address(department: str, random: Random) -> Address:
    """A street that many towns have, in a town of the department."""
    postcode, town = random.choice(TOWNS[department])
    return Address(street=f"{random.randrange(1, 90)} {random.choice(STREETS)}", postcode=postcode, town=town)


def identity_of(name: str) -> UUID:
    """The person behind an identity of the simulation."""
    return uuid5(NAMESPACE_URL, f"smoe:simulation:{name}")


def invented_employer(number: int, trade: Trade, department: str, random: Random) -> Employer:
    """An establishment and the person who files for it; size and turnover go together."""
    name = random.choice(trade.shapes).format(random.choice(WORDS))
    headcount = random.randint(*trade.headcount)
    family, given = invented_name(FRANCE, random)
    return Employer(
        actor=Actor(
            identity=f"sim:employer-{number}",
            person=identity_of(f"employer-{number}"),
            name=f"{given} {family}",
            role=Role.EMPLOYER,
            quality=random.choice(("Directeur", "Gérante", "Responsable des ressources humaines", "Gérant")),
            service=name,
        ),
        company=Company(
            siret=invented_siret(random),
            name=name,
            seat=invented_address(department, random),
            idcc=trade.idcc,
            headcount=headcount,
            turnover_yearly=f"{headcount * trade.turnover_each + random.randrange(9_000)}.00",
            email=f"recrutement-{number}@entreprise.example",
        ),
        trade=trade,
        department=department,
    )


def invented_employers(seed: str) -> dict[tuple[str, str], tuple[Employer, ...]]:
    """The same employers for the same seed, by trade and department: each recurs over the years."""
    random = Random(f"{seed}/employers")
    pool: dict[tuple[str, str], tuple[Employer, ...]] = {}
    number = 0
    for trade in (*TRADES, FARM):
        for department in TOWNS:
            members = []
            for _ in range(EMPLOYERS_PER_TRADE_AND_PLACE):
                number += 1
                members.append(invented_employer(number, trade, department, random))
            pool[trade.key, department] = tuple(members)
    return pool


def invented_household(department: str, random: Random) -> PrivateEmployer:
    """A private individual who employs at home, or a host family."""
    family, given = invented_name(FRANCE, random)
    address = invented_address(department, random)
    return PrivateEmployer(
        family_name=family,
        given_names=given,
        street=address.street,
        postcode=address.postcode,
        town=address.town,
        email=f"famille-{random.randrange(10**6)}@courriel.example",
    )
