using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("...")]
    [InlineData("__consumer_offsets")]
    public void Allowed(string name) => Assert.Null(TopicNames.Refusal(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\0")]
    [InlineData("١")]
    public void Refused(string? name) => Assert.NotNull(TopicNames.Refusal(name));

    [Fact]
    public void The_longest_name_has_249_characters()
    {
        Assert.True(TopicNames.IsValid(new string('x', 249)));
        Assert.False(TopicNames.IsValid(new string('x', 250)));
    }

    [Fact]
    public void Dot_and_underscore_collide() =>
        Assert.Equal(TopicNames.CollisionKey("a.b_c"), TopicNames.CollisionKey("a_b.c"));
}
