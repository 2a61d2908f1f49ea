using System.Text.Json;

namespace Actors.Cli.Tests.RealSilo;

/// <summary>The names that scripts rely on.</summary>
internal static class JsonShape
{
    /// <summary>Fails unless an object has exactly these members, in this order.</summary>
    public static void AssertMembers(JsonElement value, string names) =>
        Assert.Equal(names, string.Join(' ', value.EnumerateObject().Select(member => member.Name)));
}
