using Actors.Kafka.Generator;

namespace Actors.Kafka.Tests.Model;

/// <summary>A mistake in a definition file is named with its line while the project is built.</summary>
public sealed class DefinitionParserTests
{
    private const string Head = "api 1 A 0-3 flexible 2+\n  request\n";

    [Theory]
    [InlineData("api 1 A 0+\n", 0)]
    [InlineData("api x A 0-3\n", 0)]
    [InlineData("api 1 A 0-3 flexible 2\n", 0)]
    [InlineData("error 1 E retryable\n", 0)]
    [InlineData("what 1\n", 0)]
    [InlineData("api 1 A 0-3\n    X: int32\n", 1)]
    [InlineData(Head + "    X int32\n", 2)]
    [InlineData(Head + "    x: int32\n", 2)]
    [InlineData(Head + "    X: int33\n", 2)]
    [InlineData(Head + "    X: int32?\n", 2)]
    [InlineData(Head + "    X: int32 @4+\n", 2)]
    [InlineData(Head + "    X: int32 @a\n", 2)]
    [InlineData(Head + "    X: int32 tag\n", 2)]
    [InlineData(Head + "    X: int32 tag 0\n", 2)]
    [InlineData(Head + "    X: int32 sometimes\n", 2)]
    [InlineData(Head + "    X: int8 = 300\n", 2)]
    [InlineData(Head + "    X: string = null\n", 2)]
    [InlineData(Head + "    X: [int32] = 1\n", 2)]
    [InlineData(Head + "    X: bool = 1\n", 2)]
    [InlineData(Head + "    X: int32\n    X: int32\n", 3)]
    [InlineData(Head + "    X: [X]\n      Y: int32\n", 2)]
    [InlineData(Head + "    X: [S]\n      S: int32\n", 3)]
    [InlineData(Head + "    X: [S]\n      Y: int32\n    Z: [S]\n      Y: int32\n", 5)]
    [InlineData(Head + "     X: int32\n", 2)]
    [InlineData(Head + "        X: int32\n", 2)]
    public void A_mistake_is_named_with_its_line(string text, int line) =>
        Assert.Equal(line, Assert.Throws<DefinitionException>(() => DefinitionParser.Parse(text)).Line);

    [Fact]
    public void Fields_inherit_the_versions_around_them()
    {
        var message = Assert.Single(DefinitionParser.Parse(Head + "    X: [S]? @1-2\n      Y: int32 @2+\n      Z: string?2 = null\n").Messages);
        var field = Assert.Single(message.Body.Fields);
        Assert.Equal((new VersionRange(1, 2), new VersionRange(1, 2)), (field.Versions, field.NullableVersions));
        Assert.Equal(new VersionRange(2, 2), field.Struct!.Fields[0].Versions);
        Assert.Equal((new VersionRange(1, 2), new VersionRange(2, 2)), (field.Struct.Fields[1].Versions, field.Struct.Fields[1].NullableVersions));
    }
}
