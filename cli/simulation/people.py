"""Invented persons: names that are common where they come from, put together by chance, and numbers of no document."""

from datetime import date, timedelta
from random import Random
from typing import Final

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who does not exist."""

    family_name: str
    given_names: str
    nationality: str
    birth_date: date
    passport_number: str
    foreigner_number: str
    email: str


MAGHREB: Final = (
    "Benali Cherkaoui Bouzidi Mansouri Haddad Belkacem Tazi Ziani Amrani Lahlou Rahmani Saïdi Boukhris Khelifi Mebarki "
    "Ouali Jebali Trabelsi Gharbi Hamdi Chaabane Slimani Ferhat Messaoudi Zerrouki Bennani Idrissi Kettani",
    "Youssef Amine Karim Salma Imane Nadia Mehdi Rachid Hajar Sofiane Yasmine Walid Meriem Bilal Hind Oussama Kenza "
    "Anis Sonia Farid Lina Tarek Ikram Zineb Nabil Rania Hichem Asma",
)
WEST_AFRICA: Final = (
    "Keita Traoré Diallo Coulibaly Cissé Sow Ndiaye Diop Fall Sarr Touré Koné Bamba Ouattara Kouassi Yao Camara Condé "
    "Sylla Bangoura Dembélé Sangaré Konaté Gueye Mbaye Doumbia Sidibé Kaboré",
    "Amara Fatou Moussa Awa Ibrahima Mariam Ousmane Aïssatou Mamadou Kadiatou Cheikh Bintou Adama Aminata Boubacar "
    "Nafissatou Souleymane Oumou Seydou Rokia Abdoulaye Hawa Lamine Djénéba Modibo Coumba",
)
CENTRAL_AFRICA: Final = (
    "Mbarga Nguema Fotso Kamga Tchoumi Mvondo Ekambi Ilunga Kabongo Mukendi Tshibangu Lokwa Nsimba Mabiala Rakoto "
    "Razafy Andria Ranaivo Essomba Ondoua Kalala Mbuyi",
    "Serge Clarisse Patrice Nadège Hervé Solange Armand Brigitte Landry Flore Didier Grâce Christian Bernadette Hasina "
    "Voahangy Tiana Mirana Gervais Pélagie",
)
SOUTH_ASIA: Final = (
    "Sharma Patel Reddy Iyer Menon Gupta Nair Joshi Rahman Hossain Chowdhury Akter Perera Fernando Khan Malik Qureshi "
    "Ahmed Thapa Gurung Shrestha",
    "Arjun Priya Rohan Anjali Vikram Kavya Sanjay Meera Tanvir Nusrat Rafiq Shirin Imran Ayesha Bilal Sana Dilan Nimal "
    "Sunita Prakash Bina",
)
EAST_ASIA: Final = (
    "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Nguyen Tran Pham Le Hoang Vu Santos Reyes Cruz Garcia Bautista",
    "Wei Xin Jing Hao Lan Min Yun Bo Linh Minh Thuy Duc Hoa Anh Maria Jose Angel Grace Paolo Liza",
)
EASTERN_EUROPE: Final = (
    "Kovalenko Shevchenko Bondarenko Tkachenko Ivanov Petrova Smirnov Volkova Hoxha Gashi Krasniqi Berisha Petrovic "
    "Jovanovic Nikolic Petrosyan Sargsyan Beridze Kapanadze Popa Rusu",
    "Oleksandr Iryna Dmytro Olena Sergei Anna Arben Vjosa Besnik Luan Milan Jelena Marko Ivana Aram Lusine Giorgi Nino "
    "Andrei Natalia",
)
AMERICAS: Final = (
    "Silva Souza Oliveira Pereira Costa Lima Almeida Ramírez Torres Castillo Rojas Vargas Morales Quispe Mamani Smith "
    "Johnson Miller Davis Wilson Tremblay Gagnon Joseph Pierre Louis",
    "João Ana Pedro Beatriz Lucas Larissa Diego Camila Mateo Valentina Andrés Daniela Emily Michael Sarah James Émile "
    "Geneviève Wilner Roseline Jean-Robert",
)
MIDDLE_EAST: Final = (
    "Khoury Haddad Nassar Saab Mansour Yılmaz Kaya Demir Çelik Şahin Aydın Farouk Mostafa Hosseini Karimi Ahmadi "
    "Rahimi Noori Sadat Zahir Hakimi",
    "Georges Rita Elias Maya Fadi Nour Emre Elif Burak Zeynep Omar Dina Reza Leila Farid Shabnam Hamid Parwana Jawad "
    "Laila",
)
HORN_OF_AFRICA: Final = (
    "Tesfaye Bekele Abebe Gebre Haile Tekle Osman Idris Adam Ishaq Nur Warsame Farah Abdi",
    "Dawit Selam Yonas Hanna Biniam Mebrat Osman Amna Idris Halima Abdi Hodan Mohamed Sahra",
)
FRANCE: Final = (
    "Moreau Fontaine Lacroix Perret Chevalier Marchand Brunel Gauthier Delmas Roussel Carlier Lemoine Barbier Vidal "
    "Aubert Castel Jourdan Mallet Pasquier Rivière Tessier Vallet Berthier Collet Dufresne",
    "Claire Julien Sophie Marc Élodie Vincent Nathalie Olivier Isabelle Thomas Anne Laurent Céline Étienne Hélène "
    "Benoît Valérie Damien Sandrine Guillaume",
)

NAMES: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(("MA", "DZ", "TN"), MAGHREB),
    **dict.fromkeys(("SN", "ML", "CI", "GN", "BF"), WEST_AFRICA),
    **dict.fromkeys(("CM", "CD", "CG", "MG", "GA"), CENTRAL_AFRICA),
    **dict.fromkeys(("IN", "BD", "LK", "PK", "NP"), SOUTH_ASIA),
    **dict.fromkeys(("CN", "VN", "PH"), EAST_ASIA),
    **dict.fromkeys(("UA", "RU", "AL", "RS", "AM", "GE", "MD", "XK"), EASTERN_EUROPE),
    **dict.fromkeys(("BR", "CO", "PE", "US", "CA", "HT"), AMERICAS),
    **dict.fromkeys(("LB", "TR", "EG", "IR", "AF"), MIDDLE_EAST),
    **dict.fromkeys(("ER", "SD", "SO", "ET"), HORN_OF_AFRICA),
}
"""Family and given names by nationality (ISO 3166-1 alpha-2, and XK)."""

_SPLIT: Final = {names: (tuple(names[0].split()), tuple(names[1].split())) for names in {*NAMES.values(), FRANCE}}


def invented_name(names: tuple[str, str], random: Random) -> tuple[str, str]:
    """A family name and a given name, drawn apart."""
    family, given = _SPLIT[names]
    return random.choice(family), random.choice(given)


def invented_person(nationality: str, on: date, ages: tuple[int, int], random: Random) -> Person:
    """Somebody of a nationality whose age on a day lies within two ages, both reached in full years."""
    family_name, given_names = invented_name(NAMES[nationality], random)
    youngest, oldest = ages
    days = random.randrange(youngest * 366 + 1, oldest * 365)
    born = on - timedelta(days=days)
    number = random.randrange(10**6, 10**7)
    return Person(
        family_name=family_name,
        given_names=given_names,
        nationality=nationality,
        birth_date=born,
        passport_number=f"ZZ{number}",
        foreigner_number=f"99{random.randrange(10**7, 10**8)}",
        email=f"personne-{number}@courriel.example",
    )
