using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Actors.Storage.Profiles;

namespace Actors.Grains.Storage;

/// <summary>A network link between two nodes, over which copies go.</summary>
/// <param name="Name">Unique.</param>
/// <param name="First">A node, as the back end names it.</param>
/// <param name="Second">The other one.</param>
/// <param name="Profile">Its settings.</param>
/// <param name="CapacityBytesPerSecond">What it carries in one direction, 1 or more.</param>
public sealed partial record LinkSettings(string Name, string First, string Second, PacingProfile Profile, long CapacityBytesPerSecond)
{
    /// <summary>The form of a link, for people.</summary>
    public const string Form = "NAME=FIRST~SECOND@PROFILE, where a node may be followed by /ADDRESS of its end, and the profile by @BYTES_PER_SECOND";

    /// <summary>The address of the first end; null when it is not known, and then nobody looks at it.</summary>
    public IPAddress? FirstAddress { get; init; }

    /// <summary>The address of the second end.</summary>
    public IPAddress? SecondAddress { get; init; }

    /// <summary>Whether it joins these two nodes.</summary>
    public bool Joins(string one, string other) => (one == First && other == Second) || (one == Second && other == First);

    /// <summary>Reads links with semicolons between them.</summary>
    /// <param name="text">Each of the <see cref="Form"/>; nothing, or spaces, is no link.</param>
    /// <param name="mistakes">Receives a sentence for each mistake.</param>
    public static IReadOnlyList<LinkSettings> Read(string text, ICollection<string> mistakes)
    {
        var links = new List<LinkSettings>();
        foreach (var one in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadOne(one, mistakes) is { } link) links.Add(link);
        }

        foreach (var same in links.GroupBy(static link => link.Name).Where(static group => group.Count() > 1))
            mistakes.Add($"two links are called {same.Key}");
        foreach (var twins in links.GroupBy(static link => string.CompareOrdinal(link.First, link.Second) < 0 ? (link.First, link.Second) : (link.Second, link.First)).Where(static group => group.Count() > 1))
            mistakes.Add($"{string.Join(" and ", twins.Select(static link => link.Name))} join the same two nodes, {twins.Key.Item1} and {twins.Key.Item2}: copies use one link between two nodes, so name one, with what both carry together");
        return links;
    }

    private static LinkSettings? ReadOne(string text, ICollection<string> mistakes)
    {
        if (Parts().Match(text) is not { Success: true } parts)
        {
            mistakes.Add($"'{text}' is no link: {Form}");
            return null;
        }

        var before = mistakes.Count;
        var (first, second) = (parts.Groups["first"].Value, parts.Groups["second"].Value);
        if (first == second) mistakes.Add($"'{text}' joins {first} with itself");
        var profile = PacingProfile.Find(parts.Groups["profile"].Value);
        if (profile is null)
            mistakes.Add($"'{text}' has the profile '{parts.Groups["profile"].Value}'; there are {string.Join(", ", PacingProfile.All.Select(static known => known.Name))}");
        var capacity = profile is null ? 1 : profile.LinkBitsPerSecond / 8;
        if (parts.Groups["capacity"] is { Success: true } given && (!long.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out capacity) || capacity < 1))
            mistakes.Add($"'{text}' has a capacity that is no number of bytes per second");
        var (firstAddress, secondAddress) = (Address(parts.Groups["firstAddress"], text, mistakes), Address(parts.Groups["secondAddress"], text, mistakes));
        return mistakes.Count > before ? null : new LinkSettings(parts.Groups["name"].Value, first, second, profile!, capacity)
        {
            FirstAddress = firstAddress,
            SecondAddress = secondAddress,
        };
    }

    private static IPAddress? Address(Group given, string text, ICollection<string> mistakes)
    {
        if (!given.Success || IPAddress.TryParse(given.Value, out _)) return given.Success ? IPAddress.Parse(given.Value) : null;
        mistakes.Add($"'{text}' has '{given.Value}' for an address of an end");
        return null;
    }

    [GeneratedRegex(@"\A(?<name>[^=~@/;\s]+)=(?<first>[^=~@/;\s]+)(/(?<firstAddress>[^=~@/;\s]+))?~(?<second>[^=~@/;\s]+)(/(?<secondAddress>[^=~@/;\s]+))?@(?<profile>[^=~@/;\s]+)(@(?<capacity>\d+))?\z")]
    private static partial Regex Parts();
}
