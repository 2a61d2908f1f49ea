using System.Text.Json;

namespace Actors.Grains.Storage;

/// <summary>Names of values as answers write them.</summary>
internal static class Words
{
    /// <summary>A value's name with a small first letter: <c>waitingForSlot</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
