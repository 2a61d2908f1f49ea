using System.Text.RegularExpressions;

namespace Actors.Architecture.Tests;

/// <summary>Whoever filters the log by a number gets one kind of line.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public void No_two_messages_have_one_number()
    {
        var numbered =
            from file in SourceTree.With([".cs"], "src")
            from Match message in NumberedMessage().Matches(SourceTree.Read(file))
            select (File: file, Id: message.Groups[1].Value);
        var all = numbered.ToList();

        Assert.InRange(all.Count, 60, int.MaxValue); // the attributes are found at all
        Assert.Empty(all.GroupBy(one => one.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(one => one.File))}"));
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex NumberedMessage();
}
