"""Routes of the business page and of what shops embed."""

from django.conf import settings
from django.urls import path

from widgets.views import demo_shop, embeds, policy, public_page, signed_in

urlpatterns = [
    # /w/ what shops embed
    path("w/candor.js", embeds.widget_script, name="widget_script"),
    path("w/<slug:business>.json", embeds.widget_json, name="widget_json"),
    path("w/<slug:business>/frame", embeds.widget_frame, name="widget_frame"),
    path("w/<slug:business>/badge.svg", embeds.widget_image, name="widget_image"),
    # /b/ a business as everybody sees it
    path("b/<slug:business>/", public_page.business_page, name="business_page"),
    path("b/<slug:business>/policy/", policy.policy_page, name="policy"),
    path("b/<slug:business>/policy/<int:number>/", policy.policy_page, name="policy_version"),
    # /app/ signed in
    path("app/<slug:business>/widgets/", signed_in.widgets, name="widgets"),
]

if settings.LOCAL:
    urlpatterns += [
        # /dev/ for the run on a laptop
        path("dev/shop/", demo_shop.demo_shop, name="dev_shop"),
    ]
