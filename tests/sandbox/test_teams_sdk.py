"""Microsoft's own SDK against the simulated Teams: it trusts the tokens, reads the activities and can answer.

The SDK blocks while it waits, so it runs in a thread of its own.
"""

import asyncio
from typing import Any

from botbuilder.schema import Activity, ChannelAccount, ConversationParameters
from botframework.connector import ConnectorClient
from botframework.connector.auth import (
    AuthenticationConfiguration,
    ChannelValidation,
    JwtTokenExtractor,
    SimpleCredentialProvider,
)
from msrest.authentication import BasicTokenAuthentication

from tests.sandbox.teams_harness import Harness, Json, running


def trusts(metadata: str, provider: Any, activity: Json, header: str) -> bool:
    """Whether the SDK accepts a token as one of the service, for this activity."""

    async def validated() -> bool:
        extractor = JwtTokenExtractor(
            ChannelValidation.TO_BOT_FROM_CHANNEL_TOKEN_VALIDATION_PARAMETERS, metadata, ["RS256"]
        )
        identity = await extractor.get_identity_from_auth_header(
            header, activity["channelId"], AuthenticationConfiguration().required_endorsements
        )
        await ChannelValidation.validate_identity(identity, provider)
        return bool(identity.get_claim_value("serviceurl") == activity["serviceUrl"])

    return asyncio.run(validated())


def connector(h: Harness) -> ConnectorClient:
    """MSAL, which would sign in by itself, takes nothing but https: so the token is given."""
    return ConnectorClient(BasicTokenAuthentication({"access_token": h.token}), base_url=h.teams.service_url)


async def test_the_sdk_trusts_what_the_service_signs_and_understands_it() -> None:
    async with running() as h:
        await h.teams.say("maya", "incidents", "soup for @tom", mention=True)
        assert await h.teams.settled()
        sent, provider = h.bot.got[-1], SimpleCredentialProvider(h.teams.app_id, "")
        header = h.bot.headers[-1]["authorization"]
        assert await asyncio.to_thread(trusts, h.teams.openid_url, provider, sent, header)
        read = Activity().deserialize(sent)
        assert read.conversation.conversation_type == "channel"
        assert read.from_property.aad_object_id == h.teams.user("maya").object_id
        assert [e.type for e in read.entities] == ["mention", "mention", "clientInfo"]
        assert read.local_timestamp.utcoffset().total_seconds() == 3600


async def test_the_sdk_writes_changes_and_takes_back() -> None:
    async with running() as h:
        client = await asyncio.to_thread(connector, h)

        def work() -> tuple[str, str]:
            maya = ChannelAccount(id=h.teams.user("maya").id)
            made = client.conversations.create_conversation(
                ConversationParameters(members=[maya], is_group=False, channel_data={"tenant": {"id": h.teams.tenant}})
            )
            first = client.conversations.send_to_conversation(made.id, Activity(type="message", text="soup"))
            second = client.conversations.reply_to_activity(made.id, first.id, Activity(type="message", text="bread"))
            client.conversations.update_activity(made.id, first.id, Activity(type="message", text="stew"))
            client.conversations.delete_activity(made.id, second.id)
            page = client.conversations.get_conversation_paged_members(made.id)
            return made.id, page.members[0].id

        where, member = await asyncio.to_thread(work)
        assert [m["text"] for m in h.teams.direct_messages("maya")] == ["stew"]
        assert [m["conversation"] for m in h.teams.direct_messages("maya")] == [where]
        assert member == h.teams.user("maya").id
