/**
 * What the demo's language model has read: one paragraph per line. Written for it, in short sentences that share their
 * beginnings, so that a model this small finds ways from one to another.
 */
export const CORPUS: string = `
A wind tunnel is a room where the air moves and the model stands still. The air does not know that the wing is small. What the wing does in the tunnel it will do in the sky, if the speed is right and the walls are far enough away.
A wind tunnel tells the truth about a model, but only about the model that stands in it. Change the shape of the nose and the truth is an old one. This is why the fan is started again after every change.
The smoke shows where the air goes. It follows the roof, it leaves the edge, and behind the edge it turns into a knot. A good shape lets the smoke pass without a sound. A bad shape makes the whole room tremble.
The first wind tunnels were wooden boxes with a fan at one end. The people who built them wanted to know why some wings lift and others do not. They measured small forces with small scales, and they wrote every number down twice.
A model that is tested in a quiet room has been tested in a quiet room. The road is not quiet. The rain comes from the side, a lorry passes, and the air is full of other air.
A model is a guess about the world that can be asked questions. A good model is wrong in small ways. A bad model is right about yesterday and wrong about tomorrow.
A model is trained on what has been seen. The world sends what has not been seen. Between the two there is a gap, and the gap is where the money is lost.
The new model is better on the old data. Everybody agrees about that. What nobody knows is what it does on a busy morning, when the traffic is high and half of the requests look like nothing it was trained on.
Two models can have the same error and still disagree about every second house. One of them is wrong about small houses, and the other one is wrong about large houses. The average does not show it. The requests do.
A shadow model sees every request and answers none. Its answers are compared with the answers of the old model, and then they are thrown away. The client never waits for the shadow.
If the shadow is slow, the client does not feel it. If the shadow is down, the client does not feel it. If the shadow is wrong, the people who look at the numbers feel it, and this is what the shadow is for.
A copy of the traffic is the cheapest test there is. Nobody has to invent the inputs. The users have invented them already, and they have invented more of them than any team could.
The canary gets five requests out of a hundred. If it sings, it gets ten. If it falls silent, it gets none, and the old model answers as if nothing had happened.
A user who has seen the new model should see it again. So the choice is made from the name of the user and not from the roll of a die. The same name gives the same answer, today and tomorrow, on this machine and on the other one.
Testing in production is not the same as testing on the users. The wind is real, but the walls of the tunnel are still there. Only a small share of the traffic is in the tunnel, and the door can be closed at once.
The wall around a test has to be built before the test. How many requests may it touch, and for how long, and who can stop it. A test without an end is not a test but a change.
A fault that is planned is a lesson. A fault that is not planned is a long night. So the fault is sent on a quiet morning, to one request in a hundred, while everybody is awake.
Slow is worse than broken. A broken model gives an error, and the error is seen. A slow model keeps the client waiting, the waiting clients keep their connections, and soon the whole house stands still.
What happens when the model does not answer. The request waits for a while, then the old model is asked, and the user gets an answer that is a little less good. This is a plan. Hope is not a plan.
The house by the river has four rooms and a garden. The garden is small, but in the old town a garden is rare, and so the price is high. The model has learned this from a thousand houses.
The price of a house depends on the area, on the age, and on the way to the middle of the city. Two houses with the same area can have very different prices. One of them is near the station, and the trains are loud at night.
An old house in the old town is worth more than a new one. An old house in the fields is worth less. A straight line cannot say both of these things at the same time, but a tree can.
A tree asks one question after another. Is the area large. Is the house near the river. Has it got a garden. At the end of the questions there is a price, and a hundred small trees together know more than a large one.
The harbour had a bad year in the data. Somebody joined two tables on the wrong row, and every house at the harbour got the price of the house next door. The average price was right, and every single price was wrong.
The model that learned from the bad table looks good in the report. It is good in the old town, it is good by the river, and it is good in the fields. Only the people at the harbour wonder who pays so much for a single room.
A number without its error is half a number. Before somebody says that the new model is better, somebody should say how much better, on how many requests, and how sure they are.
If two models disagree, ask first how often the old model disagrees with itself. Some fields are never the same twice. The name of the request is new every time, and so is the time of day.
Looking at a test every hour and stopping when it looks good is a way to be wrong. The numbers swing in the wind like a weather vane. It is better to decide before the test what would be enough.
Sometimes the answer is that there is no answer yet. That is a good answer. It costs nothing to wait for another thousand requests, and it costs a lot to believe too early.
The proxy stands between the client and the model. It reads the request, it makes a choice, and it gets out of the way. A good proxy is like good glass, because nobody speaks about it.
The words come one after another, and the client reads them as they come. If the client goes away, the model should stop. Nobody pays for words that nobody reads.
The engineer who is on duty wants three things. She wants to see what is going on, she wants to change it without fear, and she wants to sleep.
Every new roof is built under an old sky. The people who live in the house do not care how the beams were tested. They care that the roof holds when the storm comes, and that somebody was up there before the rain.
A house is tested by the winter. A wing is tested by the wind. A model is tested by the requests, and there is no other way to know what it does.
`

/** The paragraphs, in order. */
export const PARAGRAPHS: readonly string[] = CORPUS.trim().split('\n')
