using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("port", "PORT", 0)]
    [InlineData("port", "prot", 1)]
    [InlineData("port", "ports", 1)]
    [InlineData("port", "pot", 1)]
    [InlineData("port", "sort", 1)]
    [InlineData("port", "", 4)]
    [InlineData("abcd", "badc", 2)]
    public void Distance_counts_single_edits(string left, string right, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(left, right));
        Assert.Equal(distance, Suggestion.Distance(right, left));
    }

    [Fact]
    public void The_closest_key_is_offered() =>
        Assert.Equal(["Kafka:Port"], Suggestion.For("Kafka:Prt", ["Http:Port", "Kafka:Port", "Kafka:Host"]));

    [Fact]
    public void A_name_under_the_wrong_section_is_found_elsewhere() =>
        Assert.Equal(["Http:Port", "Kafka:Port"], Suggestion.For("Listener:Port", ["Kafka:Port", "Http:Port", "Silo:Name"]));

    [Fact]
    public void Nothing_is_offered_for_what_resembles_nothing() => Assert.Empty(Suggestion.For("Something:Else", ["Kafka:Port"]));
}
