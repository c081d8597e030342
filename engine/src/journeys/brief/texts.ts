import type { JourneyAnswers } from '@throughline/contracts'

/** Which message of a journey it is: the first, the next to those who answered or to the others, the last, the thanks for what was expected. */
export type Role = 'first' | 'answered' | 'reminder' | 'last' | 'thanks'

/** What a message says, in plain words that somebody makes their own. */
export interface Text {
  readonly title: string
  readonly body: string
  /** What the button says. */
  readonly go: string
}

type Occasion = 'welcome' | 'cart' | 'bought' | 'any'

const texts: Readonly<Record<Occasion, Readonly<Record<Role, Text>>>> = {
  welcome: {
    first: {
      title: 'Good to have you here',
      body: 'From now on you hear it first when there is something new. Have a look around whenever you like.',
      go: 'Look around',
    },
    answered: {
      title: 'Where you left off',
      body: 'You had a look at what we have. Here is what most people begin with; if something is unclear, ask us: a person answers.',
      go: 'See what others choose',
    },
    reminder: {
      title: 'A good place to begin',
      body: 'You joined us a little while ago and have not ordered yet. These are the things that our customers come back for.',
      go: 'See them',
    },
    last: {
      title: 'Whenever you like',
      body: 'If now is not the time, that is fine. Everything stays where it is, and we will not remind you of it again.',
      go: 'Visit the shop',
    },
    thanks: {
      title: 'Thank you for your first order',
      body: 'It is good to know that you found something. Here is what goes well with it.',
      go: 'See what goes with it',
    },
  },
  cart: {
    first: {
      title: 'Still in your cart',
      body: 'You chose something and have not ordered it yet. We have kept it for you.',
      go: 'Go to your cart',
    },
    answered: {
      title: 'Any questions before you order?',
      body: 'You came back for a look. If something is unclear, about delivery or about the size, ask us: a person answers.',
      go: 'Go to your cart',
    },
    reminder: {
      title: 'Your cart is waiting',
      body: 'What you chose is still there, and one step is left.',
      go: 'Go to your cart',
    },
    last: {
      title: 'We keep your cart a little longer',
      body: 'Then we put things back on the shelf. You can begin a new one at any time, and we will not remind you of this one again.',
      go: 'Go to your cart',
    },
    thanks: {
      title: 'Thank you for your order',
      body: 'Here is what others put beside it.',
      go: 'See what goes with it',
    },
  },
  bought: {
    first: {
      title: 'Thank you for your order',
      body: 'We hope that it is just what you wanted. If anything is not as it should be, tell us: a person answers.',
      go: 'See your order',
    },
    answered: {
      title: 'Goes well with what you have',
      body: 'You had a look around. Here is what others chose who bought the same.',
      go: 'See what they chose',
    },
    reminder: {
      title: 'Something for next time',
      body: 'It is a little while since you ordered. This is what is new since then.',
      go: 'See what is new',
    },
    last: {
      title: 'Whenever you need us',
      body: 'If there is nothing you need, that is fine. You know where to find us.',
      go: 'Visit the shop',
    },
    thanks: {
      title: 'Good to see you again',
      body: 'Thank you for coming back. Here is what goes well with it.',
      go: 'See what goes with it',
    },
  },
  any: {
    first: {
      title: 'We thought of you',
      body: 'There is something in the shop that may be for you. Have a look when you find the time.',
      go: 'Have a look',
    },
    answered: {
      title: 'You had a look',
      body: 'Here is what most people choose who looked at the same. If something is unclear, ask us: a person answers.',
      go: 'See what others choose',
    },
    reminder: {
      title: 'In case you missed it',
      body: 'We wrote to you a little while ago. It is still there, if you like to have a look.',
      go: 'Have a look',
    },
    last: {
      title: 'Whenever you like',
      body: 'If it is not for you, that is fine: we will not remind you of it again.',
      go: 'Visit the shop',
    },
    thanks: {
      title: 'Thank you',
      body: 'That was it already. Here is what others did next.',
      go: 'See what is next',
    },
  },
}

/** What to begin with when a message is written: by what starts the journey, as far as its event tells. */
export function textOf(answers: Pick<JourneyAnswers, 'starts'>, role: Role): Text {
  const [start] = answers.starts
  const event = start?.kind === 'event' ? start.on.event.toLowerCase() : ''
  if (/subscri|sign|regist|joined|account|installed/.test(event)) return texts.welcome[role]
  if (/cart|product added|checkout/.test(event)) return texts.cart[role]
  if (/order|purchase|paid|bought/.test(event)) return texts.bought[role]
  return texts.any[role]
}
