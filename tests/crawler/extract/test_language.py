"""Hindi against its neighbours, on short texts written for these tests."""
# ruff: noqa: E501 (sentences stay in one piece)

from __future__ import annotations

import pytest

from crawler.extract.language import UNKNOWN, find_language

TEXTS = {
    "hi": (
        "मुख्यमंत्री ने कहा कि बाढ़ से प्रभावित परिवारों को दो दिन के भीतर राहत राशि दी जाएगी और किसी को परेशान नहीं होना पड़ेगा।",
        "कार अनियंत्रित होकर पलट गई, दो लोग घायल हो गए जिन्हें अस्पताल में भर्ती कराया गया है।",
        "RBI ने repo rate में कोई बदलाव नहीं किया है, home loan की EMI पहले जैसी रहेगी, ये bank के ग्राहकों के लिए राहत है।",
    ),
    "mr": (
        "मुख्यमंत्र्यांनी सांगितले की पूरग्रस्त कुटुंबांना दोन दिवसांत मदत देण्यात येईल आणि कोणालाही त्रास होणार नाही.",
        "या अपघातात दोन जण जखमी झाले असून त्यांना रुग्णालयात दाखल करण्यात आले आहे, अशी माहिती पोलिसांनी दिली.",
    ),
    "ne": (
        "प्रधानमन्त्रीले बाढीबाट प्रभावित परिवारलाई दुई दिनभित्र राहत रकम उपलब्ध गराइने बताएका छन् र कसैले पनि चिन्ता लिनु पर्दैन भनेका छन्।",
        "दुर्घटनामा परी दुई जना घाइते भएका छन् भने उनीहरूको उपचार अस्पतालमा भइरहेको प्रहरीले जनाएको छ।",
    ),
    "bho": (
        "मुख्यमंत्री कहलन कि बाढ़ से परेशान लोगन के दू दिन में मदद मिल जाई, आ केहू के चिंता करे के जरूरत नइखे, सरकार ओह लोग के साथे बा।",
    ),
    "mai": (
        "मुख्यमंत्री कहलनि जे बाढ़ि सँ प्रभावित परिवार केँ दू दिनक भीतर सहायता देल जायत, एहि लेल सभ तैयारी भेल अछि आ ककरो चिंता नहि करबाक अछि।",
    ),
    "sa": (
        "सर्वे जनाः सुखिनः भवन्ति इति तस्य मतम् अस्ति। सः नगरं गत्वा तत्र पुस्तकम् अपश्यत् च एव अपि च तत् स्वीकृतवान्।",
    ),
    "en": (
        "The chief minister said that the families affected by the flood will get relief in two days and no one should worry.",
    ),
    "bn": ("মুখ্যমন্ত্রী বলেছেন যে বন্যায় ক্ষতিগ্রস্ত পরিবারগুলি দুই দিনের মধ্যে ত্রাণ পাবে।",),
    "ur": ("وزیر اعلیٰ نے کہا کہ سیلاب سے متاثرہ خاندانوں کو دو دن میں امداد ملے گی۔",),
}


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in TEXTS.items() for text in texts]
)
def test_language(language: str, text: str) -> None:
    assert find_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234 – 5678",
        "Mukhyamantri ne kaha ki rahat rashi jaldi di jayegi aur kisi ko pareshani nahi hogi",
    ],
)
def test_no_language(text: str) -> None:
    assert find_language(text) == UNKNOWN


def test_name_of_a_neighbour_country_is_no_evidence() -> None:
    assert (
        find_language("काठमांडू, एजेंसी। नेपाल के बाजुरा जिले में सेना का विमान दुर्घटनाग्रस्त, पायलट की मौत")
        == "hi"
    )
