using System.Text.Json;
using Actors.Grains.Overview;

namespace Actors.Grains.Tests.Overview;

public sealed class SecretFreeJsonTests
{
    [Theory]
    [InlineData("""{"Name":"a","Count":[1,2,{"x":null}]}""", """{"Name":"a","Count":[1,2,{"x":null}]}""")]
    [InlineData("""{"Password":"p","user":"u"}""", """{"Password":"(hidden)","user":"u"}""")]
    [InlineData("""{"list":[{"api_key":{"deep":"p"}}]}""", """{"list":[{"api_key":"(hidden)"}]}""")]
    [InlineData("""{"scram-salt":"c2FsdA==","StoredKeyBytes":[1,2]}""", """{"scram-salt":"(hidden)","StoredKeyBytes":"(hidden)"}""")]
    [InlineData("""{"HasSecret":true,"AccessToken":null}""", """{"HasSecret":true,"AccessToken":null}""")]
    public void Values_of_members_that_are_named_like_a_secret_are_hidden(string stored, string shown) =>
        Assert.Equal(shown, SecretFreeJson.Write(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(stored)!));
}
